"""Rate how well the songs of a crate fit together, before a mashup is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...contract.mashups import MashupFits, Vibe
from ...dj.deck import MashupTrack
from ...dj.mashup.fit import fits
from ...store.files.blobs import ContentStore
from ..library.library import Library
from ..tracks.analyse import require_analysis
from ..tracks.decks import decks_of
from .resolve import mashup_songs


@dataclass(frozen=True, slots=True)
class MashupAdvice:
    """Rates users' tracks by their analyses. Safe to share between threads."""

    library: Library
    store: ContentStore

    def fits(
        self, user_id: str, upload_id: str, vibe: Vibe, ids: Sequence[str] | None = None
    ) -> MashupFits:
        """Rate all pairs of tracks, the best first; of the whole crate if ``ids`` is None.

        Raise what :func:`mashup_songs` does, and :class:`NotAnalysed`.
        """
        songs = mashup_songs(self.library, user_id, upload_id, ids)
        for song in songs:
            require_analysis(self.store, song.content_hash, song.title)
        return fits([MashupTrack(deck) for deck in decks_of(self.store, songs, whole=True)], vibe)
