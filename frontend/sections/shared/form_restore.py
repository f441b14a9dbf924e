"""Save a page's forms in the browser, and fill them in again after a reload."""

from __future__ import annotations

from frontend.components.form_memory import save_form, saved_form
from frontend.state import session
from frontend.state.saved_page import RESTORED, SavedPage, restore


def keep_over_reload(page: SavedPage) -> None:
    """Save the page's forms; in a new session, fill in what the browser has saved.

    Call this before the forms are drawn.
    """
    name, restored = f"{session.me().id} {page.name}", RESTORED.of(page.name)
    if restored.get():
        return save_form(name, page.model_dump_json(exclude_none=True))
    saved = saved_form(name)
    if saved is not None:
        restored.put(True)
        restore(saved)
    return None
