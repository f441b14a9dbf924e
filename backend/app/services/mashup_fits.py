"""How well the songs of a crate go together, told before any mashup is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..contract.mashups import MashupFits, Vibe
from ..errors import NotAnalysed
from ..store.blobs import ContentStore
from .decks import deck_of
from .hearing import analysis_of
from .library import Library
from .mashup_settling import mashup_songs


@dataclass(frozen=True, slots=True)
class MashupAdvice:
    """Tells of users' tracks by what is known of them. Safe to share between threads."""

    library: Library
    content: ContentStore

    def fits(
        self, user_id: str, upload_id: str, vibe: Vibe, ids: Sequence[str] | None = None
    ) -> MashupFits:
        """All pairs, the best first; ``ids`` None: of all tracks of the crate.

        Raises
        ------
        NotFound, InvalidRequest
            As for a mashup of these tracks.
        NotAnalysed
            If nobody has listened to one of them yet.
        """
        from ..dj.mashup_deck import (
            MashupTrack,  # with it comes scipy, which the API starts without
        )
        from ..dj.mashup_fit import fits

        songs = mashup_songs(self.library, user_id, upload_id, ids)
        for song in songs:
            if analysis_of(self.content, song.content) is None:
                raise NotAnalysed(
                    f"Nobody has listened to “{song.title}” yet.",
                    hint="Start a job of the kind “analysis” on its crate.",
                )
        return fits([MashupTrack(deck_of(self.content, one, whole=True)) for one in songs], vibe)
