"""Decide whether two tracks are one recording cut in two, as on a live album."""

from __future__ import annotations

from ..deck import DeckTrack

NEAR_LU = 6.0
"""If the album is unknown, two tracks whose loudness differs by more keep separate gains: a few in
a hundred unrelated pairs seem continuous, and one track would sound far too loud."""


def runs_on(outgoing: DeckTrack, incoming: DeckTrack, continues: tuple[bool, bool]) -> bool:
    """Whether the outgoing track's recording continues in the incoming one.

    ``continues`` says whether the waveform continues, seen from either track, see
    :func:`backend.app.dsp.continuity.continues_into`. One of the two is enough for two tracks of
    one album; both are needed if an album is unknown. Tracks of different albums never count as one
    recording.
    """
    if outgoing.album and incoming.album:
        return outgoing.album.casefold() == incoming.album.casefold() and any(continues)
    apart_lu = abs(outgoing.loudness.integrated_lufs - incoming.loudness.integrated_lufs)
    return all(continues) and apart_lu <= NEAR_LU
