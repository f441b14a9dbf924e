"""Routes for one's own account: password, sessions, deletion, reset by a link."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Request, Response, status

from ...contract.accounts import (
    AccountDeletion,
    PasswordChange,
    PasswordReset,
    SessionList,
    SessionView,
    TokenView,
    UsageView,
)
from ...store.accounts.sign_ins import Holder
from ..dependencies import (
    AccountRemovalDep,
    CurrentHolder,
    CurrentUser,
    OwnAccountDep,
    SettingsDep,
    UsageDep,
)
from ..hashing_queue import HashingTurn
from ..session_cookie import FromOurPages, clear_session
from .auth import address_of, device_of, token_view

router = APIRouter(prefix="/auth", tags=["account"])


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT, dependencies=[HashingTurn])
def change_password(
    request: Request,
    form: PasswordChange,
    user: CurrentUser,
    holder: CurrentHolder,
    own: OwnAccountDep,
) -> None:
    """Set a new password; all other sessions end.

    An account that only Google opens has no current password, and gets its first one.
    """
    own.change_password(
        user,
        holder.sign_in_id,
        form.current_password.get_secret_value(),
        form.new_password.get_secret_value(),
        address=address_of(request),
    )


@router.post("/password/reset", dependencies=[FromOurPages, HashingTurn])
def reset_password(
    request: Request, form: PasswordReset, own: OwnAccountDep, response: Response
) -> TokenView:
    """Set a new password by an admin's link, and sign in; all earlier sessions end."""
    credentials = own.reset_password(
        form.token,
        form.new_password.get_secret_value(),
        address=address_of(request),
        device=device_of(request),
    )
    return token_view(credentials, response)


@router.get("/usage")
def show_usage(user: CurrentUser, usage: UsageDep) -> UsageView:
    """Show how much of your quotas you use."""
    return usage.view(user.id)


@router.get("/sessions")
def list_sessions(user: CurrentUser, holder: CurrentHolder, own: OwnAccountDep) -> SessionList:
    """List where you are signed in, the last seen first."""
    return SessionList(
        sessions=[
            SessionView(
                id=one.id,
                device=one.device,
                address=one.address,
                created_at=one.created_at,
                last_seen_at=one.seen_at,
                current=one.id == holder.sign_in_id,
            )
            for one in own.sign_ins(user.id)
        ]
    )


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_session(session_id: str, user: CurrentUser, own: OwnAccountDep) -> None:
    """Sign out one session, at once."""
    own.end_sign_in(Holder(user.id, session_id))


@router.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
def end_other_sessions(_user: CurrentUser, holder: CurrentHolder, own: OwnAccountDep) -> None:
    """Sign out all sessions but this one."""
    own.end_others(holder)


@router.delete("/me", status_code=status.HTTP_204_NO_CONTENT, dependencies=[HashingTurn])
def delete_account(
    request: Request,
    later: BackgroundTasks,
    form: AccountDeletion,
    user: CurrentUser,
    own: OwnAccountDep,
    removal: AccountRemovalDep,
    settings: SettingsDep,
    response: Response,
) -> None:
    """Delete your account with its jobs, files and connections; it can't be undone.

    Confirm with your email address, and your password if you have one.
    """
    own.require_confirmation(user, form.email)
    password = form.password.get_secret_value()
    own.require_password(user, password, address=address_of(request))
    removal.close(user.id)
    later.add_task(removal.remove, user.id)  # without the turn at hashing
    clear_session(response, settings)
