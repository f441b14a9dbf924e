"""From windows to clips: whole phrases on the mashup's beat, cut where nothing is being said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..contract.stems import StemName
from ..dsp.samples import SAMPLE_RATE
from .mashup_cast import Player, Role
from .mashup_clock import Clock, is_straight
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

    ``first`` is a beat of the song with the sample at which it lies.
    """

    role: Role
    player: Player
    first: tuple[float, int]
    start: int
    end: int


def clips_of(
    windows: Sequence[Window], clock: Clock, gains_db: Gains, effects: Mapping[Role, list[Effect]]
) -> tuple[Clip, ...]:
    """All clips, in the order in which they start."""
    runs = [_run(joined, clock) for joined in _joined(windows)]
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
    beat, at = float(material.first_beats[window.first]), clock.at(window.at)
    if window.role != "voice" or window.player.stems != ("vocals",):
        end = clock.at(window.at + window.bars) - PRE_ROLL + CUT_FADE
        return _within(Run(window.role, window.player, (beat, at), at - PRE_ROLL, end), clock)
    voice = Voice.of(window.player.track, window.player.track.stems["vocals"])
    first_s, last_s = material.edges_s(window.first, window.bars)
    reach_s = (last_s - first_s) / window.bars
    if window.player.brings:  # before and after, others play, with whom it is out of tune
        reach_s /= clock.beats_per_bar
    start = _mixed(window, clock, voice.enters(first_s, reach_s))
    end = _mixed(window, clock, voice.leaves(last_s, reach_s))
    return _within(Run(window.role, window.player, (beat, at), start, end), clock)


def _mixed(window: Window, clock: Clock, at_s: float) -> int:
    """The sample of the mix at which a second of the song comes to lie."""
    material = window.player.material
    beats = material.pace.beat_at(at_s) - float(material.first_beats[window.first])
    return clock.at(window.at) + round(beats * clock.beat / material.pace.fold)


def _within(run: Run, clock: Clock) -> Run:
    """The same run, cut to what there is of the song and of the mix."""
    (beat, at), pace = run.first, run.player.material.pace
    per_beat = clock.beat / pace.fold
    begins = at + round((pace.beat_at(0.0) - beat) * per_beat) + 1
    length_s = run.player.track.deck.duration_s
    ends = at + round((pace.beat_at(length_s) - beat) * per_beat) - 1
    return replace(run, start=max(run.start, begins, 0), end=min(run.end, ends))


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
    track, pace = run.player.track, run.player.material.pace
    beat, at = run.first
    begins = beat + (run.start - at) * pace.fold / clock.beat
    warp = pace.warp(clock, (begins, run.start), run.end)
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
    """What of the effects falls into a run; a sweep is cut where it has come to."""
    inside: list[Effect] = []
    for effect in effects:
        start, end = max(effect.start, run.start), min(effect.end, run.end)
        if end - start > 4 * CUT_FADE:
            inside.append(_between(effect, start, end))
    return inside


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
