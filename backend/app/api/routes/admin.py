"""Routes for administrators: DJ rules, links to reset passwords, workers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, status

from ...contract.accounts import ResetLinkView, ResetRequest
from ...contract.dj import DjRules, DjRulesView
from ...contract.operations import CleanupView, FiguresView, WorkerList
from ..dependencies import (
    CleanupDep,
    CurrentAdmin,
    FiguresDep,
    OwnAccountDep,
    RulesDep,
    SettingsDep,
    WorkersDep,
)

router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/dj-rules")
def show_dj_rules(_admin: CurrentAdmin, rules: RulesDep) -> DjRulesView:
    """Show the DJ rules."""
    return rules.current()


@router.put("/dj-rules")
def change_dj_rules(
    form: DjRules,
    admin: CurrentAdmin,
    rules: RulesDep,
    version: Annotated[int | None, Query(ge=0)] = None,
) -> DjRulesView:
    """Save DJ rules for all future jobs, if ``version`` (when given) is still the newest."""
    return rules.change(form, admin.id, version)


@router.post("/password-resets", status_code=status.HTTP_201_CREATED)
def make_reset_link(
    form: ResetRequest, _admin: CurrentAdmin, own: OwnAccountDep, settings: SettingsDep
) -> ResetLinkView:
    """Make a one-time link with which a user sets a new password; it voids earlier ones."""
    reset = own.make_reset(form.email)
    url = settings.reset_url(reset.secret)
    return ResetLinkView(email=reset.email, url=url, expires_at=reset.expires_at)


@router.get("/workers")
def list_workers(_admin: CurrentAdmin, workers: WorkersDep) -> WorkerList:
    """List the processes that run jobs, with what they have and run."""
    return workers.listed()


@router.get("/figures")
def show_figures(_admin: CurrentAdmin, figures: FiguresDep) -> FiguresView:
    """Show queues, ended jobs, times of steps and storage of the whole server."""
    return figures.view()


@router.post("/cleanup")
def clean_up(_admin: CurrentAdmin, cleanup: CleanupDep) -> CleanupView:
    """Delete expired jobs and uploads, files without a row, and caches that no one has used."""
    return cleanup.run()
