"""What a timeline's clips play: tracks, and what was made of them."""

from __future__ import annotations

from ..media.made_form import open_made
from ..media.normal_form import TrackReader
from ..store.blobs import ContentStore


def open_recording(store: ContentStore, recording: str) -> TrackReader:
    """Open a recording by the name that :attr:`Clip.recording` has for it."""
    path = store.recording(recording)
    return open_made(path) if "/" in recording else TrackReader(path)
