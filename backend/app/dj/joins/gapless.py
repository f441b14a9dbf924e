"""Whether two tracks are one recording that was cut between them, as on a live album."""

from __future__ import annotations

from ..deck import DeckTrack

NEAR_LU = 6.0
"""Tracks of unknown albums further apart in loudness keep gains of their own: a few pairs in a
hundred unrelated ones seem to run on, and one track would sound far too loud."""


def runs_on(outgoing: DeckTrack, incoming: DeckTrack, continues: tuple[bool, bool]) -> bool:
    """Whether the outgoing track's recording runs on into the incoming one.

    ``continues`` says so of the waveform, seen from either side, see
    :func:`backend.app.dsp.continuity.continues_into`. One side is enough for two tracks of one
    album; both are needed where an album is unknown. Tracks of two albums never run on.
    """
    if outgoing.album and incoming.album:
        return outgoing.album.casefold() == incoming.album.casefold() and any(continues)
    apart_lu = abs(outgoing.loudness.integrated_lufs - incoming.loudness.integrated_lufs)
    return all(continues) and apart_lu <= NEAR_LU
