"""Stretched pieces of clips: each made once, kept beside the sound, found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..media.normal_form import TrackReader
from ..render.effort import Effort, crew
from ..render.pieces import Piece, make_piece
from ..store.blobs import ContentStore
from .recordings import open_recording


def make_pieces(
    store: ContentStore,
    pieces: Sequence[Piece],
    *,
    workers: int,
    progress: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    """Make those of the pieces that nobody has made before; several at once."""
    effort = Effort(progress)
    unmade = [piece for piece in pieces if not _kept_at(store, piece).is_file()]
    effort.plan(sum(piece.length for piece in unmade))
    with crew(workers, effort) as pool:
        making = [
            pool.submit(effort.guard, partial(_make, store, piece, effort.add)) for piece in unmade
        ]
        for count, future in enumerate(making, start=1):
            say(f"tempo change {count} of {len(making)}")
            future.result()


def open_piece(store: ContentStore, piece: Piece) -> TrackReader:
    """A stretched piece, as it was made; made once more where it has gone since."""
    kept = _kept_at(store, piece)
    if not kept.is_file():
        _make(store, piece, lambda _: None)
    store.renew(kept)
    return TrackReader(kept)


def _make(store: ContentStore, piece: Piece, made: Callable[[int], None]) -> None:
    make_piece(piece, partial(open_recording, store), _kept_at(store, piece), made)


def _kept_at(store: ContentStore, piece: Piece) -> Path:
    return store.derived(piece.content, piece.file_name)
