"""Form for the user's webhook, and its failed messages."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.webhooks import UndeliveredView, WebhookView

from ...api.errors import ApiError, attempt
from ...error_messages import show_error
from ...labels import figures
from ...state import session


def webhook() -> None:
    """Show the webhook, ask for a new address, list messages that did not arrive."""
    st.subheader("Webhook", anchor=False)
    st.markdown("Segue can send a signed message to your own server when a job has ended.")
    present = session.api().webhook()
    with st.form("webhook", border=False, width=460):
        address = present.url if present else ""
        url = st.text_input("Address", value=address, key="webhook_url", placeholder="https://")
        sent = st.form_submit_button("Save with a new secret")
    if sent:
        _save(url)
    if present is not None:
        _show_failures(present)
        st.button("Remove the webhook", key="remove_webhook", on_click=_remove)


def _save(url: str) -> None:
    saved = attempt(lambda: session.api().set_webhook(url))
    if isinstance(saved, ApiError):
        show_error(saved)
        return
    with st.container(border=True, key="webhook_secret"):
        st.markdown("Secret that signs the messages. Copy it now; it is not shown again.")
        st.code(saved.secret, language=None, wrap_lines=True)


def _show_failures(present: WebhookView) -> None:
    if present.undelivered:
        st.warning("Some messages did not arrive.", icon=":material/sync_problem:")
        st.table([_row(message) for message in present.undelivered])


def _row(message: UndeliveredView) -> dict[str, str]:
    zone = st.context.timezone
    again = "given up" if message.next_at is None else figures.day_and_time(message.next_at, zone)
    return {
        "Job": f"{message.job_id[:8]} ({message.status})",
        "Problem": message.error,
        "Tries": str(message.attempts),
        "Next try": again,
    }


def _remove() -> None:
    removed = attempt(session.api().remove_webhook)
    if isinstance(removed, ApiError):
        show_error(removed)
