"""Split long lists into pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

Item = TypeVar("Item")


def page_of(items: Sequence[Item], per_page: int, key: str) -> Sequence[Item]:
    """Return the items of the current page."""
    first = per_page * (int(st.session_state.get(key, 1)) - 1)
    return items[first : first + per_page]


def page_links(items: Sequence[object], per_page: int, key: str) -> None:
    """Draw links to all pages, if there are several."""
    n_pages = -(-len(items) // per_page)
    if n_pages > 1:
        st.pagination(n_pages, key=key)
