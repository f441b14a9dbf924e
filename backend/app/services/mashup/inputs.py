"""The stored inputs of a mashup job, and a mashup's title."""

from __future__ import annotations

from ...contract.jobs import MashupRequest
from ...publishing.metadata.name_links import without_links
from ..library.track_ref import TrackRef, TracksInputs

MAX_TRACKS = 4


class MashupInputs(TracksInputs):
    """The request, with its tracks and separator resolved.

    ``title`` is the job's title until the plan decides which of the songs play.
    """

    request: MashupRequest
    title: str
    model: str


def mashup_title(requested: str, tracks: tuple[TrackRef, ...], vibe: str) -> str:
    """The requested title, or one made of the songs' titles: ``A × B (dark mashup)``."""
    if requested:
        return requested
    titles = " × ".join(dict.fromkeys(filter(None, (without_links(one.title) for one in tracks))))
    return f"{titles or 'Untitled'} ({vibe} {'edit' if len(tracks) == 1 else 'mashup'})"
