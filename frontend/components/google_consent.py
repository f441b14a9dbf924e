"""Send the browser to Google's consent page, and keep the page's state meanwhile."""

from __future__ import annotations

from .bundles import Widget

_WIDGET = Widget("google_consent", visible=False)


def leave_for(url: str, saved: str) -> None:
    """Open ``url`` in this browser tab; the browser keeps ``saved`` until it returns."""
    _WIDGET.draw("google_consent", {"url": url, "saved": saved}, "saved")


def saved_state() -> str | None:
    """Return the state saved before the visit to Google, else None.

    It is returned in a single run of the page, after the browser has come back.
    """
    saved = _WIDGET.draw("google_consent_back", {"url": None, "saved": ""}, "saved").saved
    return None if saved is None else str(saved)
