"""Keep a page's form in the browser tab, so that a reload finds it."""

from __future__ import annotations

from .bundles import Widget

_WIDGET = Widget("form_memory", visible=False)


def saved_form(name: str) -> str | None:
    """Return the form that the browser has saved under ``name``; empty if there is none.

    It is returned in a single run of the page, and None until the browser has answered.
    """
    saved = _draw(name, None)
    return None if saved is None else str(saved)


def save_form(name: str, form: str) -> None:
    """Have the browser save the form until its tab is closed."""
    _draw(name, form)


def _draw(name: str, saved: str | None) -> object:
    return _WIDGET.draw(f"form_memory_{name}", {"name": name, "saved": saved}, "saved").saved
