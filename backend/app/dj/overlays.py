"""Sounds laid over joins: which fits, and where on the grid it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..analysis.loudness import LoudnessProfile
from ..contract.dj import DjRules
from ..contract.sounds import OVERLAY_KINDS, SoundKind
from ..dsp.samples import SAMPLE_RATE, samples
from .candidates import MATCHED
from .choose import Choice
from .deck import Times
from .harmony import Camelot
from .judges import UNHEARD_PERCENT
from .planner import CUT_FADE
from .timeline import Clip, Timeline

BELOW_MIX_LU: dict[SoundKind, float] = {"percussion": 11.0, "instrument": 10.0, "vocal": 7.0}
"""How much quieter than the mix an overlay plays: there to be noticed, not to take over; a voice
has to be understood."""

BETWEEN = 2
""""Sometimes" is every second join: a signature, not a habit."""

_AS_GOOD = 0.5  # as much as a stretch of 4 %: nobody hears which of two sounds fits better


@dataclass(frozen=True, slots=True)
class OverlaySound:
    """A sound as the DJ sees it; ``tempo_bpm`` and ``beats`` of a loop, None for a single one."""

    sound_id: str
    content: str
    name: str
    kind: SoundKind
    length: int
    loudness: LoudnessProfile
    tempo_bpm: float | None = None
    beats: int | None = None
    key: Camelot | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """A sound over join ``join``: its clips, and why this one."""

    join: int
    sound: OverlaySound
    clips: tuple[Clip, ...]
    reason: str


def lay_overlays(
    timeline: Timeline,
    choices: Sequence[Choice],
    sounds: Sequence[OverlaySound],
    rules: DjRules,
    *,
    loudness_lufs: float,
) -> list[Laid]:
    """Choose and place a sound for every beat-matched join that the rules want one at."""
    laid: list[Laid] = []
    usable = [sound for sound in sounds if sound.kind in OVERLAY_KINDS]
    for index, choice in enumerate(choices):
        turn = rules.overlays == "always" or choice.overlay or index % BETWEEN == 0
        matched = choice.scored.candidate.kind in MATCHED
        if rules.overlays == "never" or not turn or not matched:
            continue
        bars = _bars(timeline, choice, index)
        number = index if rules.overlays == "always" else index // BETWEEN
        fitting = _fitting_sound(
            choice, [s for s in usable if _has_room(s, bars, choice)], rules, number
        )
        if fitting is None:
            continue
        gain_db = loudness_lufs - BELOW_MIX_LU[fitting.kind] - _lufs(fitting)
        clips = _clips(fitting, bars, choices[index], gain_db)
        laid.append(Laid(index, fitting, clips, _reason(fitting, choices[index])))
    return laid


def with_clips(timeline: Timeline, added: Sequence[Clip]) -> Timeline:
    """The timeline with more clips, in the order of their starts; joins keep their tracks."""
    numbered = [*enumerate(timeline.clips), *((-1, clip) for clip in added)]
    ordered = sorted(numbered, key=lambda item: item[1].start)
    moved = {old: new for new, (old, _) in enumerate(ordered) if old >= 0}
    joins = tuple(
        replace(join, outgoing=moved[join.outgoing], incoming=moved[join.incoming])
        for join in timeline.transitions
    )
    return replace(timeline, clips=tuple(clip for _, clip in ordered), transitions=joins)


def _fitting_sound(
    choice: Choice, sounds: Sequence[OverlaySound], rules: DjRules, number: int
) -> OverlaySound | None:
    """One of those that fit about as well as the best, in turn.

    By the join's own number and nothing else, so that a join that changes changes no other's sound.
    """
    scored = sorted(
        (penalty, sound.sound_id, sound)
        for sound in sounds
        if (penalty := _misfit(sound, choice, rules)) is not None
    )
    good = [sound for penalty, _, sound in scored if penalty <= scored[0][0] + _AS_GOOD]
    return good[number % len(good)] if good else None


def _has_room(sound: OverlaySound, bars: Times, choice: Choice) -> bool:
    """Whether a loop fits into the middle half, a single sound till a bar after the join."""
    bar = float(bars[-1] - bars[0]) / (len(bars) - 1)
    if sound.beats is None or sound.tempo_bpm is None:
        return sound.length <= float(bars[-1] - bars[len(bars) // 2]) + bar
    first, last = _middle_half(bars)
    return _loop_samples(sound, bars, choice) <= last - first + bar / 2.0


def _middle_half(bars: Times) -> tuple[float, float]:
    middle, quarter = len(bars) // 2, max((len(bars) - 1) // 4, 1)
    return float(bars[middle - quarter]), float(bars[middle + quarter])


def _loop_samples(sound: OverlaySound, bars: Times, choice: Choice) -> int:
    """How long the loop lasts on the join's grid."""
    grid = choice.couple.out_grid
    assert grid is not None and sound.beats is not None  # it is a loop over a matched join
    beat = float(bars[-1] - bars[0]) / ((len(bars) - 1) * grid.beats_per_bar)
    return round(sound.beats * beat * _fold(sound, grid.tempo_bpm))


def _misfit(sound: OverlaySound, choice: Choice, rules: DjRules) -> float | None:
    """How badly a sound fits a join, in a judge's units; None where it does not at all."""
    couple = choice.couple
    penalty = 0.0
    stretch = _stretch_percent(sound, choice)
    if stretch is not None:
        if abs(stretch) > rules.max_stretch_percent + UNHEARD_PERCENT:
            return None
        penalty += 0.12 * abs(stretch)
    if sound.kind != "percussion" and sound.key is not None:
        keys = [grid.key for grid in (couple.out_grid, couple.in_grid) if grid and grid.key]
        if any(sound.key.distance(key) > 1 for key in keys):
            return None
    if sound.kind == "vocal" and _sung_over(choice):
        return None
    return penalty


def _stretch_percent(sound: OverlaySound, choice: Choice) -> float | None:
    """How much faster a loop has to play; half and double time count as its own tempo."""
    grid = choice.couple.out_grid
    if sound.tempo_bpm is None or grid is None:
        return None
    return 100.0 * (grid.tempo_bpm / (sound.tempo_bpm * _fold(sound, grid.tempo_bpm)) - 1.0)


def _fold(sound: OverlaySound, tempo_bpm: float) -> float:
    own = sound.tempo_bpm or tempo_bpm
    return min((1.0, 2.0, 0.5), key=lambda fold: abs(float(np.log2(tempo_bpm / (own * fold)))))


def _sung_over(choice: Choice) -> bool:
    """Whether either track sings during the join."""
    candidate, couple = choice.scored.candidate, choice.couple
    stretches = (
        (couple.outgoing.analysis, candidate.out_s, candidate.out_end_s),
        (couple.incoming.analysis, candidate.in_s, candidate.in_end_s),
    )
    return any(
        heard is not None and any(v.start_s < end and v.end_s > start for v in heard.vocals)
        for heard, start, end in stretches
    )


def _bars(timeline: Timeline, choice: Choice, index: int) -> Times:
    """The downbeats of the overlap, in samples of the mix."""
    candidate, grid = choice.scored.candidate, choice.couple.out_grid
    assert grid is not None and candidate.out_bar is not None  # it is matched
    clip = timeline.clips[timeline.transitions[index].outgoing]
    bars_s = grid.bars_s[candidate.out_bar : candidate.out_bar + candidate.bars + 1]
    return clip.mixes_at(bars_s * SAMPLE_RATE)


def _clips(sound: OverlaySound, bars: Times, choice: Choice, gain_db: float) -> tuple[Clip, ...]:
    """A loop runs through the middle half of the join, a single sound comes once, in its middle."""
    middle = len(bars) // 2
    if sound.beats is None or sound.tempo_bpm is None:
        return (_clip(sound, round(bars[middle]), None, gain_db),)
    first, last = _middle_half(bars)
    once = _loop_samples(sound, bars, choice)
    times = max(round((last - first) / once), 1)
    return tuple(_clip(sound, round(first + n * once), once, gain_db) for n in range(times))


def _clip(sound: OverlaySound, start: int, once: int | None, gain_db: float) -> Clip:
    """One run of the sound; a loop is bent to last ``once`` samples."""
    whole = sound.length
    if once is not None and sound.beats and sound.tempo_bpm:
        whole = min(samples(sound.beats * 60.0 / sound.tempo_bpm), sound.length)
    length = once or whole
    return Clip(
        track_id=sound.sound_id,
        content=sound.content,
        title=sound.name,
        artist="",
        start=start,
        length=length,
        gain_db=round(gain_db, 3),
        fade_in=min(CUT_FADE, length),
        fade_out=min(CUT_FADE, length),
        warp=((0, start), (whole, start + length)) if length != whole else (),
        role="overlay",
    )


def _lufs(sound: OverlaySound) -> float:
    """Its loudness; what is too short for the standard to measure is taken as levelled."""
    lufs = sound.loudness.integrated_lufs
    return lufs if np.isfinite(lufs) else -14.0


def _reason(sound: OverlaySound, choice: Choice) -> str:
    stretch = _stretch_percent(sound, choice)
    tempo = "" if stretch is None else f", its tempo bent by {stretch:+.1f} %"
    return f"“{sound.name}” is laid over the middle{tempo}."
