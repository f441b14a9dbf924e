"""Plan a mix of plain crossfades, without beat-matching."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ....analysis.levels.loudness import LoudnessProfile
from ....dsp.samples import SAMPLE_RATE, samples, seconds
from ...deck import DeckTrack
from ...levels.mix_gains import level_tracks, mix_target_lufs
from ...levels.track_gains import gain_for, most_gain_db
from ...timeline import Chapter, Clip, Effect, Timeline, Transition

LOW_PASS_HZ = 1000.0
"""Cutoff of the low-pass on the outgoing track: its kick and bass continue under the incoming
track's voice and hi-hats."""

# 5 ms: too short for an audible fade, long enough not to click
CUT_FADE = round(0.005 * SAMPLE_RATE)
LEAD_IN_S = 0.02  # seconds kept before a track's first sound
PAUSE_S = 2.0  # without a crossfade, a recorded pause up to this length is kept

_Group = tuple[LoudnessProfile, int]

GAPLESS_REASON = "Gapless: the recording runs on, so there is no fade, and both have one gain."


@dataclass(frozen=True, slots=True)
class _Part:
    """The stretch of a track that is played, in samples of the track."""

    track: DeckTrack
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first


def plan_crossfades(
    tracks: Sequence[DeckTrack],
    *,
    transition_ms: int,
    loudness_lufs: float,
    gapless: Collection[int] = (),
) -> Timeline:
    """Place the music of tracks one after the other, each crossfaded into the next.

    An overlap takes at most half of either track, so that three tracks never play at once; if it is
    shorter than requested, the transition's ``reason`` says so. ``gapless`` lists the tracks (as
    indices) whose recording continues in the next one: such a pair is not faded, and gets one gain.
    """
    asked = samples(transition_ms / 1000.0)
    parts = [
        _part(track, asked, runs_on_from=index - 1 in gapless, runs_on_into=index in gapless)
        for index, track in enumerate(tracks)
    ]
    overlaps = [min(asked, out.length // 2, into.length // 2) for out, into in pairwise(parts)]
    groups = _groups(tracks, gapless)
    target_lufs = mix_target_lufs([group for group, _ in groups], loudness_lufs)
    gains_db = _each(groups, lambda group: gain_for(group, target_lufs))
    clips = _clips(parts, overlaps, gains_db, gapless)
    joins = tuple(
        _transition(index, clips, overlap, asked, runs_on=index in gapless)
        for index, overlap in enumerate(overlaps)
    )
    timeline = Timeline(clips, joins, chapters_of(clips, joins))
    most_db = _each(groups, most_gain_db)
    return level_tracks(timeline, [track.loudness for track in tracks], most_db, target_lufs)


def _part(track: DeckTrack, asked: int, *, runs_on_from: bool, runs_on_into: bool) -> _Part:
    """The music of a track; at an end where the recording continues, also the silence.

    Without a crossfade, short pauses at the ends are kept, too.
    """
    start_s, end_s = track.music_s
    first = samples(max(start_s - LEAD_IN_S, 0.0))
    last = min(samples(end_s), track.length)
    pause = 0 if asked else samples(PAUSE_S)
    first = first if first > pause and not runs_on_from else 0
    last = last if track.length - last > pause and not runs_on_into else track.length
    return _Part(track, first, max(last, first + 1))


def _groups(tracks: Sequence[DeckTrack], gapless: Collection[int]) -> list[_Group]:
    """The recordings, each with its loudness and number of tracks: more than one if gapless."""
    groups: list[_Group] = []
    together: list[LoudnessProfile] = []
    for index, track in enumerate(tracks):
        together.append(track.loudness)
        if index not in gapless or index == len(tracks) - 1:
            groups.append((_joined(together), len(together)))
            together = []
    return groups


def _each(groups: Sequence[_Group], figure: Callable[[LoudnessProfile], float]) -> list[float]:
    """A figure of every track's recording; tracks of one recording share it."""
    return [value for group, n in groups for value in [figure(group)] * n]


def _joined(profiles: Sequence[LoudnessProfile]) -> LoudnessProfile:
    if len(profiles) == 1:
        return profiles[0]
    return LoudnessProfile(
        np.concatenate([profile.energies for profile in profiles]),
        np.concatenate([profile.peaks for profile in profiles]),
    )


def _clips(
    parts: Sequence[_Part],
    overlaps: Sequence[int],
    gains_db: Sequence[float],
    gapless: Collection[int],
) -> tuple[Clip, ...]:
    clips: list[Clip] = []
    end = 0
    for index, (part, gain_db) in enumerate(zip(parts, gains_db, strict=True)):
        track, edge = part.track, min(CUT_FADE, part.length)
        is_last = index == len(parts) - 1
        before = overlaps[index - 1] if index else 0
        after = 0 if is_last else overlaps[index]
        starts_whole = part.first == 0 if not index else index - 1 in gapless
        ends_whole = part.last == track.length if is_last else index in gapless
        start = end - before
        end = start + part.length
        closing = ((end - after, 0.0), (end, 1.0))
        clips.append(
            Clip(
                track_id=track.track_id,
                content_hash=track.content_hash,
                title=track.title,
                artist=track.artist,
                start=start,
                length=part.length,
                source_start=part.first,
                gain_db=gain_db,
                fade_in=before or (0 if starts_whole else edge),
                fade_out=after or (0 if ends_whole else edge),
                effects=(Effect("low_pass", end - after, after, closing, LOW_PASS_HZ),)
                if after
                else (),
            )
        )
    return tuple(clips)


def _transition(
    index: int, clips: Sequence[Clip], overlap: int, asked: int, *, runs_on: bool
) -> Transition:
    outgoing, incoming = clips[index], clips[index + 1]
    return Transition(
        outgoing=index,
        incoming=index + 1,
        kind="crossfade" if overlap else "cut",
        start=incoming.start,
        end=outgoing.end,
        asked=asked,
        reason=GAPLESS_REASON if runs_on else _reason(outgoing, incoming, overlap, asked),
    )


def _reason(outgoing: Clip, incoming: Clip, overlap: int, asked: int) -> str:
    if not asked:
        return "A hard cut, as requested."
    if overlap == asked:
        return f"An equal-power crossfade of {seconds(overlap):.1f} s, as requested."
    shorter = min(outgoing, incoming, key=lambda clip: clip.length)
    return (
        f"“{shorter.title}” has only {seconds(shorter.length):.1f} s of music; the crossfade takes"
        f" half of it, {seconds(overlap):.1f} s instead of {seconds(asked):.1f} s."
    )


def chapters_of(clips: Sequence[Clip], joins: Sequence[Transition]) -> tuple[Chapter, ...]:
    """Chapters that begin in the middle of each join, where both tracks are equally loud."""
    starts = [0] + [(join.start + join.end) // 2 for join in joins]
    return tuple(
        Chapter(start, f"{clip.artist} – {clip.title}" if clip.artist else clip.title)
        for start, clip in zip(starts, clips, strict=True)
    )
