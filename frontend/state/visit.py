"""Notice when the user goes to another page or job, where earlier messages do not belong."""

from __future__ import annotations

import streamlit as st

from .session import Key, Value

_PLACE = Key[tuple[str, str]]("place")
#: Names of session keys whose values are messages of the current page.
_MESSAGES = Key[list[str]]("page_messages")


def arrive(page: str) -> None:
    """Note the page and its job; after a change of place, remove the messages of the last one."""
    place = (page, st.query_params.get("job", ""))
    if _PLACE.get() not in (None, place):
        for name in _MESSAGES.get() or []:
            st.session_state.pop(name, None)
        _MESSAGES.drop()
    _PLACE.put(place)


def forget_on_leaving(*keys: Key[Value]) -> None:
    """Remove these values when the user goes elsewhere."""
    names = [key.name for key in keys]
    _MESSAGES.put(list(dict.fromkeys([*(_MESSAGES.get() or []), *names])))


def move() -> None:
    """Let the next page count as the same place, since the app opens it, not the user."""
    _PLACE.drop()
