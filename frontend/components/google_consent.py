"""Send the browser to Google's consent page, and restore the page's state afterwards."""

from __future__ import annotations

from .bundles import Widget

_WIDGET = Widget("google_consent", visible=False)


def leave_for(url: str, saved: str) -> None:
    """Open ``url`` in this tab; the browser keeps ``saved`` until it returns."""
    _WIDGET.draw("google_consent", {"url": url, "saved": saved}, "saved")


def saved_state() -> str | None:
    """What was saved when the browser left; only in one run after its return."""
    saved = _WIDGET.draw("google_consent_back", {"url": None, "saved": ""}, "saved").saved
    return None if saved is None else str(saved)
