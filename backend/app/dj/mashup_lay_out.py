"""From windows to clips: whole phrases on the mashup's beat, cut where nothing is being said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..contract.stems import StemName
from ..dsp.samples import SAMPLE_RATE
from ..dsp.stretch import MAX_CHANGE
from .mashup_cast import Player, Role
from .mashup_clock import Clock, Pace, Warp, is_straight, most_bent
from .mashup_voice import Voice
from .mashup_windows import Window
from .moves import PRE_ROLL
from .planner import CUT_FADE
from .timeline import Clip, Effect

VOICE_FADES = (round(0.010 * SAMPLE_RATE), round(0.030 * SAMPLE_RATE))
"""In and out: a consonant is soft for longer at its end."""

LEAST_S = 0.25
"""What is left of a voice between two others for less than this is no word."""

Gains = Mapping[tuple[str, StemName], float]


@dataclass(frozen=True, slots=True)
class Run:
    """Windows of one player that go on without a cut: ``start`` to ``end`` in samples of the mix.

    ``first`` is a beat of ``pace`` with the sample at which it lies.
    """

    role: Role
    player: Player
    pace: Pace
    first: tuple[float, int]
    start: int
    end: int

    def beat_at(self, at: int, clock: Clock) -> float:
        """Which beat lies at a sample of the mix."""
        beat, lies = self.first
        return beat + (at - lies) * self.pace.fold / clock.beat

    def lies(self, beat: float, clock: Clock) -> int:
        """The sample of the mix at which a beat lies."""
        first, at = self.first
        return at + round((beat - first) * clock.beat / self.pace.fold)

    def warp(self, clock: Clock) -> Warp:
        """The map from the song to the mix."""
        return self.pace.warp(clock, (self.beat_at(self.start, clock), self.start), self.end)


def clips_of(
    windows: Sequence[Window], clock: Clock, gains_db: Gains, effects: Mapping[Role, list[Effect]]
) -> tuple[Clip, ...]:
    """All clips, in the order in which they start."""
    runs = [run for joined in _joined(windows) for run in _even(_run(joined, clock), clock)]
    voices = _in_turn([run for run in runs if run.role == "voice"])
    others = [run for run in runs if run.role != "voice"]
    clips = [
        _clip(run, stem, clock, gains_db, effects)
        for run in (*others, *voices)
        for stem in run.player.stems
    ]
    return tuple(sorted(clips, key=lambda clip: (clip.start, clip.stem or "")))


def _joined(windows: Sequence[Window]) -> list[Window]:
    """Windows that follow each other in the song as in the mashup are one."""
    joined: list[Window] = []
    for window in sorted(windows, key=lambda one: (one.role, one.at)):
        last = joined[-1] if joined else None
        if last and _goes_on(last, window):
            joined[-1] = replace(last, bars=last.bars + window.bars)
        else:
            joined.append(window)
    return joined


def _goes_on(last: Window, window: Window) -> bool:
    same = last.role == window.role and last.player is window.player
    follows = last.at + last.bars == window.at and last.first + last.bars == window.first
    return same and follows


def _run(window: Window, clock: Clock) -> Run:
    """Where a window is cut: on its bars, or where its voice begins and ends."""
    material = window.player.material
    first = float(material.first_beats[window.first]), clock.at(window.at)
    run = Run(window.role, window.player, material.pace, first, first[1] - PRE_ROLL, first[1])
    if window.role != "voice" or window.player.stems != ("vocals",):
        return replace(run, end=clock.at(window.at + window.bars) - PRE_ROLL + CUT_FADE)
    voice = Voice.of(window.player.track, window.player.track.stems["vocals"])
    first_s, last_s = material.edges_s(window.first, window.bars)
    reach_s = (last_s - first_s) / window.bars
    if window.player.brings:  # before and after, others play, with whom it is out of tune
        reach_s /= clock.beats_per_bar
    start = run.lies(run.pace.beat_at(voice.enters(first_s, reach_s)), clock)
    return replace(
        run, start=start, end=run.lies(run.pace.beat_at(voice.leaves(last_s, reach_s)), clock)
    )


def _even(run: Run, clock: Clock) -> list[Run]:
    """The run, cut where the song's beats jump: one was lost or found too many, or it pauses.

    Up to the next even beat everybody plays on as before, and there the song is cut in on it.
    """
    beats = run.beat_at(run.start, clock), run.beat_at(run.end, clock)
    if run.pace.is_even(clock, *beats):
        return _within(run, clock)
    stretches = run.pace.even_stretches(clock, *beats)
    cuts = [run.lies(first, clock) - PRE_ROLL for first, _ in stretches[1:]]
    starts, ends = [run.start, *cuts], [*(cut + CUT_FADE for cut in cuts), run.end]
    parts = [
        replace(
            run,
            pace=run.pace.between(*stretch),
            first=(run.first[0] - stretch[0], run.first[1]),
            start=start,
            end=end,
        )
        for stretch, start, end in zip(stretches, starts, ends, strict=False)
    ]
    return [within for part in parts or [run] for within in _within(part, clock)]


def _within(run: Run, clock: Clock) -> list[Run]:
    """The same run, cut to what there is of the song and of the mix; none if nothing is left.

    What cannot be stretched at all goes on as the song is: nothing of it is even.
    """
    begins = run.lies(run.pace.beat_at(0.0), clock) + 1
    ends = run.lies(run.pace.beat_at(run.player.track.deck.duration_s), clock) - 1
    run = replace(run, start=max(run.start, begins, 0), end=min(run.end, ends))
    if run.end - run.start < 4 * CUT_FADE:
        return []
    return (
        [run] if most_bent(run.warp(clock)) <= MAX_CHANGE else _within(_unbent(run, clock), clock)
    )


def _unbent(run: Run, clock: Clock) -> Run:
    """The run in the song's own tempo, from its first beat on."""
    first_s, beat_s = run.pace.seconds_at(run.first[0]), clock.beat / run.pace.fold / SAMPLE_RATE
    own = Pace(np.array([first_s, first_s + beat_s]), run.pace.fold, steady=True)
    return replace(run, pace=own, first=(0.0, run.first[1]))


def _in_turn(voices: Sequence[Run]) -> list[Run]:
    """One voice at a time: who is still singing gives way to who comes in."""
    kept: list[Run] = []
    for run in sorted(voices, key=lambda one: one.start):
        if kept and kept[-1].end > run.start:
            kept[-1] = replace(kept[-1], end=run.start)
        kept.append(run)
    return [run for run in kept if run.end - run.start > LEAST_S * SAMPLE_RATE]


def _clip(
    run: Run, stem: StemName, clock: Clock, gains_db: Gains, effects: Mapping[Role, list[Effect]]
) -> Clip:
    track, warp = run.player.track, run.warp(clock)
    copied = is_straight(warp) and not run.player.pitch_semitones
    source = warp[0][0]
    length = run.end - run.start
    if copied:
        length = min(length, track.deck.length - source)
    rises, falls = VOICE_FADES if stem == "vocals" else (CUT_FADE, CUT_FADE)
    return Clip(
        track_id=track.track_id,
        content=track.deck.content,
        title=track.deck.title,
        artist=track.deck.artist,
        start=run.start,
        length=length,
        source_start=source,
        gain_db=round(gains_db[track.track_id, stem], 3),
        fade_in=min(rises, length // 2),
        fade_out=min(falls, length // 2),
        warp=() if copied else warp,
        pitch_semitones=run.player.pitch_semitones,
        effects=tuple(_cut(effects.get(run.role, []), run)),
        role="stem",
        stem=stem,
        made=track.made.get(stem, ""),
    )


def _cut(effects: Sequence[Effect], run: Run) -> list[Effect]:
    """What of the effects falls into a run; a sweep or a level is cut where it has come to."""
    inside: list[Effect] = []
    for effect in effects:
        start, end = max(effect.start, run.start), min(effect.end, run.end)
        if end - start > 4 * CUT_FADE:
            cut = _level if effect.kind == "level" else _between
            inside.append(cut(effect, start, end))
    return [effect for effect in inside if any(share for _, share in effect.shares)]


def _level(effect: Effect, start: int, end: int) -> Effect:
    """No way in or out: the clip begins and ends with it."""
    at, shares = zip(*effect.shares, strict=True)
    ends = [(edge, float(np.interp(edge, at, shares))) for edge in (start, end)]
    inner = [point for point in effect.shares if start < point[0] < end]
    return replace(effect, start=start, length=end - start, shares=(ends[0], *inner, ends[1]))


def _between(effect: Effect, start: int, end: int) -> Effect:
    shares = ((start, 0.0), (start + CUT_FADE, 1.0), (end - CUT_FADE, 1.0), (end, 0.0))
    if effect.to_frequency_hz is None:
        return replace(effect, start=start, length=end - start, shares=shares)
    octaves = effect.to_frequency_hz / effect.frequency_hz
    low = effect.frequency_hz * octaves ** ((start - effect.start) / effect.length)
    high = effect.frequency_hz * octaves ** ((end - effect.start) / effect.length)
    return replace(
        effect,
        start=start,
        length=end - start,
        shares=shares,
        frequency_hz=low,
        to_frequency_hz=high,
    )
