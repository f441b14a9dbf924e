"""Routes for the user's webhook."""

from __future__ import annotations

from fastapi import APIRouter, status

from ...contract.webhooks import WebhookRequest, WebhookSecretView, WebhookView
from ..dependencies import CurrentUser, WebhooksDep

router = APIRouter(prefix="/webhook", tags=["account"])


@router.get("")
def show_webhook(user: CurrentUser, webhooks: WebhooksDep) -> WebhookView:
    """Show the webhook, and its newest messages that have failed."""
    return webhooks.show(user.id)


@router.put("")
def set_webhook(
    form: WebhookRequest, user: CurrentUser, webhooks: WebhooksDep
) -> WebhookSecretView:
    """Set the webhook; the answer has a new secret, which is not shown again."""
    return webhooks.put(user.id, form.url)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
def remove_webhook(user: CurrentUser, webhooks: WebhooksDep) -> None:
    """Remove the webhook; messages that were not delivered are deleted."""
    webhooks.remove(user.id)
