"""Note which part of a track with a long inner silence is played."""

from __future__ import annotations

from ...analysis.structure.bounds import music_stretches_s
from ..deck import DeckTrack


def silence_note(track: DeckTrack) -> str | None:
    """Note what is left out of a track with a long inner silence, such as a hidden track."""
    stretches = music_stretches_s(track.loudness, track.duration_s)
    if len(stretches) < 2:
        return None
    start_s, end_s = track.music_s
    music_s = sum(end - start for start, end in stretches)
    silent_s = stretches[-1][1] - stretches[0][0] - music_s
    return (
        f"“{track.title}” has {_clock(silent_s)} of silence inside. Only its longest part,"
        f" {_clock(start_s)} to {_clock(end_s)}, is played; the other"
        f" {_clock(music_s - (end_s - start_s))} of music is left out."
    )


def _clock(at_s: float) -> str:
    """Format seconds as minutes and seconds, such as 1:05."""
    minutes, whole_s = divmod(round(at_s), 60)
    return f"{minutes}:{whole_s:02}"
