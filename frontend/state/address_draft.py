"""Drafts of forms, kept in the page's address so that a reload finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from .session import Key

CRATE_ID = Key[str]("crate_id")
PICTURE_ID = Key[str]("picture_id")


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """A draft's values, by their names in the page's address.

    ``counter`` counts drafts: each new one increases it.
    """

    parts: Mapping[str, Key[str]]
    counter: Key[int]

    def share(self) -> None:
        """Write the values to the page's address; in a new session, read them from there."""
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
        """Start a new draft; files that were uploaded stay with the API."""
        for name in self.parts:
            self.drop_part(name)
        self.counter.put(self.number + 1)

    def drop_part(self, name: str) -> None:
        """Remove a value from the session and from the page's address."""
        self.parts[name].drop()
        st.query_params.pop(name, None)

    @property
    def number(self) -> int:
        """The draft's number; widgets with this number in their key start empty."""
        return self.counter.get() or 0

    @property
    def has_uploads(self) -> bool:
        """Whether the draft has tracks or a picture."""
        return any(key.get() for name, key in self.parts.items() if name in ("crate", "picture"))


#: Draft of the New mixtape page; its title and artist are stored under their widgets' keys.
MIXTAPE = AddressDraft(
    {
        "crate": CRATE_ID,
        "picture": PICTURE_ID,
        "title": Key[str]("mix_title"),
        "artist": Key[str]("mix_artist"),
    },
    Key[int]("draft"),
)
