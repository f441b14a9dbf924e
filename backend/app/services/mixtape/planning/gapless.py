"""Find tracks whose recording continues in the next track."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ....dj.deck import DeckTrack
from ....dj.joins.gapless import runs_on
from ....dsp.continuity import CONTEXT, continues_into, is_predictable
from ....store.files.blobs import ContentStore
from ...tracks.recordings import open_recording


def gapless_joins(store: ContentStore, decks: Sequence[DeckTrack]) -> frozenset[int]:
    """Indices of the tracks that continue in the next one, by waveforms and albums."""
    return frozenset(
        index
        for index, (outgoing, incoming) in enumerate(pairwise(decks))
        if runs_on(outgoing, incoming, _continues(store, outgoing, incoming))
    )


def _continues(store: ContentStore, outgoing: DeckTrack, incoming: DeckTrack) -> tuple[bool, bool]:
    """Whether the waveform continues, judged from the outgoing and from the incoming track."""
    with (
        open_recording(store, outgoing.content_hash) as before,
        open_recording(store, incoming.content_hash) as after,
    ):
        n_before, n_after = min(CONTEXT, before.n_samples), min(CONTEXT, after.n_samples)
        tail = before.read(before.n_samples - n_before, n_before)
        head = after.read(0, n_after)
    of_one_album = bool(outgoing.album and incoming.album)
    if not of_one_album and not (is_predictable(tail) and is_predictable(head)):
        return False, False  # hiss continues into the hiss of any other tape
    return continues_into(tail, head)
