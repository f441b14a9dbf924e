"""Drafts of pages, kept in the page's address so that a reload finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from .session import Key

CRATE_ID = Key[str]("crate_id")
PICTURE_ID = Key[str]("picture_id")


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """The values of a draft by their names in the address, and a count of drafts."""

    parts: Mapping[str, Key[str]]
    counter: Key[int]

    def share(self) -> None:
        """Keep all values in the address; a new session reads them from there."""
        for name, key in self.parts.items():
            in_address = st.query_params.get(name)
            value = key.get()
            if in_address and value is None:
                key.put(in_address)
            elif value and in_address != value:
                st.query_params[name] = value
            elif in_address and not value:
                del st.query_params[name]

    def drop(self) -> None:
        """Start a new draft; uploaded files stay with the API."""
        for name in self.parts:
            self.drop_part(name)
        self.counter.put(self.number + 1)

    def drop_part(self, name: str) -> None:
        """Remove a value from the session and from the page's address."""
        self.parts[name].drop()
        st.query_params.pop(name, None)

    @property
    def number(self) -> int:
        """The number of this draft; widgets that depend on it start empty."""
        return self.counter.get() or 0

    @property
    def has_uploads(self) -> bool:
        """Whether there are tracks or a picture."""
        return any(key.get() for name, key in self.parts.items() if name in ("crate", "picture"))


#: The draft of the New mixtape page; title and artist are under their widgets' keys.
MIXTAPE = AddressDraft(
    {
        "crate": CRATE_ID,
        "picture": PICTURE_ID,
        "title": Key[str]("mix_title"),
        "artist": Key[str]("mix_artist"),
    },
    Key[int]("draft"),
)
