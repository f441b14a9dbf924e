"""Place a mashup's windows as clips on the beat, and cut voices between words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...contract.stems import StemName
from ...dsp.samples import SAMPLE_RATE
from ...dsp.stretch import MAX_CHANGE
from ..joins.shapes.automation import PRE_ROLL
from ..joins.shapes.plain_crossfades import CUT_FADE
from ..joins.shapes.tempo_maps import Warp
from ..timeline import Clip, Effect
from .roles import Player, Role
from .tempo import BeatMap, Clock, is_straight, max_stretch
from .vocals import VocalPhrases
from .windows import Window

VOICE_FADES = (round(0.010 * SAMPLE_RATE), round(0.030 * SAMPLE_RATE))
"""Fades of a voice at its start and end: consonants fade more slowly at their end."""

MIN_VOICE_S = 0.25  # between two other voices, a shorter remainder holds no whole word

Gains = Mapping[tuple[str, StemName], float]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one player without a cut, from ``start`` to ``end`` in samples of the mix.

    ``first`` is a beat of ``beat_map`` with its sample of the mix.
    """

    role: Role
    player: Player
    beat_map: BeatMap
    first: tuple[float, int]
    start: int
    end: int

    def beat_at(self, at: int, clock: Clock) -> float:
        """Convert a sample of the mix to a beat of the song."""
        beat, first_at = self.first
        return beat + (at - first_at) * self.beat_map.fold / clock.beat

    def mix_at(self, beat: float, clock: Clock) -> int:
        """Convert a beat of the song to a sample of the mix."""
        first, at = self.first
        return at + round((beat - first) * clock.beat / self.beat_map.fold)

    def warp(self, clock: Clock) -> Warp:
        """Tempo map from the song to the mix."""
        return self.beat_map.warp(clock, (self.beat_at(self.start, clock), self.start), self.end)


def clips_of(
    windows: Sequence[Window], clock: Clock, gains_db: Gains, effects: Mapping[Role, list[Effect]]
) -> tuple[Clip, ...]:
    """All clips, in the order of their starts."""
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
    """Merge windows that follow each other both in the song and in the mashup."""
    joined: list[Window] = []
    for window in sorted(windows, key=lambda one: (one.role, one.at)):
        last = joined[-1] if joined else None
        if last and _continues(last, window):
            joined[-1] = replace(last, bars=last.bars + window.bars)
        else:
            joined.append(window)
    return joined


def _continues(last: Window, window: Window) -> bool:
    same = last.role == window.role and last.player is window.player
    follows = last.at + last.bars == window.at and last.first + last.bars == window.first
    return same and follows


def _run(window: Window, clock: Clock) -> Run:
    """Cut a window on its bars, or where its voice begins and ends."""
    material = window.player.material
    first = float(material.first_beats[window.first]), clock.at(window.at)
    run = Run(window.role, window.player, material.beat_map, first, first[1] - PRE_ROLL, first[1])
    if window.role != "voice" or window.player.stems != ("vocals",):
        return replace(run, end=clock.at(window.at + window.bars) - PRE_ROLL + CUT_FADE)
    voice = VocalPhrases.of(window.player.track, window.player.track.stems["vocals"])
    first_s, last_s = material.edges_s(window.first, window.bars)
    reach_s = (last_s - first_s) / window.bars
    # its bass and harmony are out of tune with what plays before and after
    if window.player.brings:
        reach_s /= clock.beats_per_bar
    cuts_s = voice.entry_s(first_s, reach_s), voice.exit_s(last_s, reach_s)
    start, end = (run.mix_at(run.beat_map.beat_at(at_s), clock) for at_s in cuts_s)
    return replace(run, start=start, end=end)


def _even(run: Run, clock: Clock) -> list[Run]:
    """Cut a run where the song's beats jump, at a pause or a wrongly detected beat.

    Each part plays on up to the next even beat, where the next part is cut in.
    """
    beats = run.beat_at(run.start, clock), run.beat_at(run.end, clock)
    if run.beat_map.is_even(clock, *beats):
        return _within(run, clock)
    stretches = run.beat_map.even_stretches(clock, *beats)
    cuts = [run.mix_at(first, clock) - PRE_ROLL for first, _ in stretches[1:]]
    starts, ends = [run.start, *cuts], [*(cut + CUT_FADE for cut in cuts), run.end]
    parts: list[Run] = []
    for stretch, start, end in zip(stretches, starts, ends, strict=False):
        beat_map, first = run.beat_map.between(*stretch), (run.first[0] - stretch[0], run.first[1])
        parts += [Run(run.role, run.player, beat_map, first, start, end)]
    return [within for part in parts or [run] for within in _within(part, clock)]


def _within(run: Run, clock: Clock) -> list[Run]:
    """Limit a run to the bounds of song and mix; return none if nothing is left.

    A run that cannot be stretched keeps the song's own tempo.
    """
    begins = run.mix_at(run.beat_map.beat_at(0.0), clock) + 1
    ends = run.mix_at(run.beat_map.beat_at(run.player.track.deck.duration_s), clock) - 1
    run = replace(run, start=max(run.start, begins, 0), end=min(run.end, ends))
    if run.end - run.start < 4 * CUT_FADE:
        return []
    if max_stretch(run.warp(clock)) <= MAX_CHANGE:
        return [run]
    return _within(_unstretched(run, clock), clock)


def _unstretched(run: Run, clock: Clock) -> Run:
    """The run at the song's own tempo from its first beat on."""
    first_s = run.beat_map.seconds_at(run.first[0])
    beat_s = clock.beat / run.beat_map.fold / SAMPLE_RATE
    own = BeatMap(np.array([first_s, first_s + beat_s]), run.beat_map.fold, steady=True)
    return replace(run, beat_map=own, first=(0.0, run.first[1]))


def _in_turn(voices: Sequence[Run]) -> list[Run]:
    """Let one voice sing at a time: each ends where the next begins."""
    kept: list[Run] = []
    for run in sorted(voices, key=lambda one: one.start):
        if kept and kept[-1].end > run.start:
            kept[-1] = replace(kept[-1], end=run.start)
        kept.append(run)
    return [run for run in kept if run.end - run.start > MIN_VOICE_S * SAMPLE_RATE]


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
        content_hash=track.deck.content_hash,
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
    """Cut effects to a run; sweeps and levels start at their current value."""
    inside: list[Effect] = []
    for effect in effects:
        start, end = max(effect.start, run.start), min(effect.end, run.end)
        if end - start > 4 * CUT_FADE:
            cut = _cut_level if effect.kind == "level" else _cut_filter
            inside.append(cut(effect, start, end))
    return [effect for effect in inside if any(share for _, share in effect.shares)]


def _cut_level(effect: Effect, start: int, end: int) -> Effect:
    """The level within a clip, without a crossfade at its ends."""
    at, shares = zip(*effect.shares, strict=True)
    ends = [(edge, float(np.interp(edge, at, shares))) for edge in (start, end)]
    inner = [point for point in effect.shares if start < point[0] < end]
    return replace(effect, start=start, length=end - start, shares=(ends[0], *inner, ends[1]))


def _cut_filter(effect: Effect, start: int, end: int) -> Effect:
    shares = ((start, 0.0), (start + CUT_FADE, 1.0), (end - CUT_FADE, 1.0), (end, 0.0))
    cut = replace(effect, start=start, length=end - start, shares=shares)
    if effect.to_frequency_hz is None:
        return cut
    ratio = effect.to_frequency_hz / effect.frequency_hz
    first = effect.frequency_hz * ratio ** ((start - effect.start) / effect.length)
    last = effect.frequency_hz * ratio ** ((end - effect.start) / effect.length)
    return replace(cut, frequency_hz=first, to_frequency_hz=last)
