"""From tracks in their order to a timeline: where each starts, how it is joined, how loud it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..dsp.samples import SAMPLE_RATE, samples, seconds
from .deck import DeckTrack
from .levels import gain_for, level_mix
from .timeline import Chapter, Clip, Effect, Timeline, Transition

LOW_PASS_HZ = 1000.0
"""Where the outgoing track closes: its kick and bass carry on under the incoming one's voice and
hats, which lie above."""

CUT_FADE = round(0.005 * SAMPLE_RATE)
"""5 ms at a hard cut: too short to be heard as a fade, long enough not to click."""


def plan_crossfades(
    tracks: Sequence[DeckTrack], *, transition_ms: int, loudness_lufs: float
) -> Timeline:
    """Lay tracks one after the other, each crossfaded into the next.

    An overlap is ``min(transition, outgoing, incoming)``; where that is less than asked, the
    transition's ``reason`` says so.
    """
    asked = samples(transition_ms / 1000.0)
    overlaps = [
        min(asked, outgoing.length, incoming.length) for outgoing, incoming in pairwise(tracks)
    ]
    clips = _clips(tracks, overlaps, loudness_lufs)
    joins = tuple(
        _transition(index, clips[index], clips[index + 1], overlap, asked)
        for index, overlap in enumerate(overlaps)
    )
    timeline = Timeline(clips, joins, chapters_of(clips, joins))
    return level_mix(timeline, [track.loudness for track in tracks], loudness_lufs)


def crowded_notes(timeline: Timeline) -> list[str]:
    """Where a track is shorter than its two crossfades together, in sentences; mostly none."""
    return [
        f"“{clip.title}” is shorter than its two crossfades together: three tracks sound at once"
        f" for {seconds(clip.fade_in + clip.fade_out - clip.length):.1f} s."
        for clip in timeline.clips
        if clip.fade_in + clip.fade_out > clip.length
    ]


def _clips(
    tracks: Sequence[DeckTrack], overlaps: list[int], loudness_lufs: float
) -> tuple[Clip, ...]:
    clips: list[Clip] = []
    start = 0
    for track, before, after in zip(tracks, [0, *overlaps], [*overlaps, 0], strict=True):
        start -= before
        first, last = not clips, len(clips) == len(tracks) - 1
        end = start + track.length
        clips.append(
            Clip(
                track_id=track.track_id,
                content=track.content,
                title=track.title,
                artist=track.artist,
                start=start,
                length=track.length,
                gain_db=gain_for(track.loudness, loudness_lufs),
                fade_in=0 if first else before or min(CUT_FADE, track.length),
                fade_out=0 if last else after or min(CUT_FADE, track.length),
                effects=(_closing(end - after, after),) if after else (),
            )
        )
        start = end
    return tuple(clips)


def _closing(start: int, length: int) -> Effect:
    """A low-pass that takes over in a straight line."""
    return Effect("low_pass", start, length, ((start, 0.0), (start + length, 1.0)), LOW_PASS_HZ)


def _transition(index: int, outgoing: Clip, incoming: Clip, overlap: int, asked: int) -> Transition:
    return Transition(
        outgoing=index,
        incoming=index + 1,
        kind="crossfade" if overlap else "cut",
        start=incoming.start,
        end=outgoing.end,
        asked=asked,
        reason=_reason(outgoing, incoming, overlap, asked),
    )


def _reason(outgoing: Clip, incoming: Clip, overlap: int, asked: int) -> str:
    if not overlap:
        return "A hard cut, as asked."
    if overlap == asked:
        return f"An equal-power crossfade of {seconds(overlap):.1f} s, as asked."
    shorter = min(outgoing, incoming, key=lambda clip: clip.length)
    return (
        f"“{shorter.title}” is only {seconds(shorter.length):.1f} s long, so the crossfade is"
        f" {seconds(overlap):.1f} s instead of {seconds(asked):.1f} s."
    )


def chapters_of(clips: Sequence[Clip], joins: Sequence[Transition]) -> tuple[Chapter, ...]:
    """A chapter begins in the middle of its join, where both tracks are equally loud."""
    starts = [0] + [(join.start + join.end) // 2 for join in joins]
    return tuple(
        Chapter(start, f"{clip.artist} – {clip.title}" if clip.artist else clip.title)
        for start, clip in zip(starts, clips, strict=True)
    )
