"""Choose sounds to lay over joins, and place them on the beat grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...analysis.levels.loudness import LoudnessProfile
from ...contract.dj import DjRules
from ...contract.sounds import OVERLAY_KINDS, SoundKind
from ...dsp.samples import SAMPLE_RATE, samples
from ..deck import Times
from ..harmony import Camelot
from ..tempo_stretch import fold_between, stretch_percent, within_stretch_limit
from ..timeline import Clip, Timeline
from .candidates import MATCHED
from .choose import Choice
from .shapes.plain_crossfades import CUT_FADE

BELOW_MIX_LU: dict[SoundKind, float] = {"percussion": 11.0, "instrument": 10.0, "vocal": 7.0}
"""How much quieter than the mix an overlay plays: noticeable, but in the background; a voice must
be intelligible."""

EVERY_NTH_JOIN = 2
"""Under the policy "sometimes", every second join gets an overlay."""

_AS_GOOD = 0.5  # penalty of a 4 % stretch: smaller differences in fit are inaudible


@dataclass(frozen=True, slots=True)
class OverlaySound:
    """A sound that may be laid over joins.

    ``tempo_bpm`` and ``beats`` are None for a one-shot.
    """

    sound_id: str
    content_hash: str
    name: str
    kind: SoundKind
    length: int
    loudness: LoudnessProfile
    tempo_bpm: float | None = None
    beats: int | None = None
    key: Camelot | None = None


@dataclass(frozen=True, slots=True)
class PlacedOverlay:
    """A sound placed over the join ``join``: its clips, and why it was chosen."""

    join: int
    sound: OverlaySound
    clips: tuple[Clip, ...]
    reason: str


def place_overlays(
    timeline: Timeline,
    choices: Sequence[Choice],
    sounds: Sequence[OverlaySound],
    rules: DjRules,
    *,
    loudness_lufs: float,
) -> list[PlacedOverlay]:
    """Choose and place a sound for each beat-matched join that should have one."""
    placed: list[PlacedOverlay] = []
    usable = [sound for sound in sounds if sound.kind in OVERLAY_KINDS]
    for index, choice in enumerate(choices):
        due = rules.overlays == "always" or choice.overlay or index % EVERY_NTH_JOIN == 0
        if rules.overlays == "never" or not due or choice.candidate.kind not in MATCHED:
            continue
        bars = _bars(timeline, choice, index)
        number = index if rules.overlays == "always" else index // EVERY_NTH_JOIN
        fitting = _fitting_sound(
            choice, [s for s in usable if _has_room(s, bars, choice)], rules, number
        )
        if fitting is None:
            continue
        gain_db = loudness_lufs - BELOW_MIX_LU[fitting.kind] - _lufs(fitting)
        clips = _clips(fitting, bars, choice, gain_db)
        placed.append(PlacedOverlay(index, fitting, clips, _reason(fitting, choice)))
    return placed


def with_clips(timeline: Timeline, added: Sequence[Clip]) -> Timeline:
    """Add clips to a timeline in the order of their starts; joins keep their clips."""
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
    """Choose among the sounds that fit about equally well, in rotation.

    Only the join's number decides, so that a change of one join changes no other join's sound.
    """
    scored = sorted(
        (penalty, sound.sound_id, sound)
        for sound in sounds
        if (penalty := _misfit(sound, choice, rules)) is not None
    )
    good = [sound for penalty, _, sound in scored if penalty <= scored[0][0] + _AS_GOOD]
    return good[number % len(good)] if good else None


def _has_room(sound: OverlaySound, bars: Times, choice: Choice) -> bool:
    """Whether a sound fits in length.

    A loop must fit into the middle half of the join; a one-shot may end a bar after the join.
    """
    bar = float(bars[-1] - bars[0]) / (len(bars) - 1)
    if sound.beats is None or sound.tempo_bpm is None:
        return sound.length <= float(bars[-1] - bars[len(bars) // 2]) + bar
    first, last = _middle_half(bars)
    return _loop_samples(sound, bars, choice) <= last - first + bar / 2.0


def _middle_half(bars: Times) -> tuple[float, float]:
    middle, quarter = len(bars) // 2, max((len(bars) - 1) // 4, 1)
    return float(bars[middle - quarter]), float(bars[middle + quarter])


def _loop_samples(sound: OverlaySound, bars: Times, choice: Choice) -> int:
    """Length of the loop in samples, on the join's beat grid."""
    grid = choice.pair.out_grid
    # the sound is a loop over a beat-matched join
    assert grid is not None and sound.beats and sound.tempo_bpm
    beat = float(bars[-1] - bars[0]) / ((len(bars) - 1) * grid.beats_per_bar)
    return round(sound.beats * beat / fold_between(grid.tempo_bpm, sound.tempo_bpm))


def _misfit(sound: OverlaySound, choice: Choice, rules: DjRules) -> float | None:
    """How badly a sound fits a join, as a penalty; None if it does not fit."""
    pair = choice.pair
    penalty = 0.0
    stretch = _stretch_percent(sound, choice)
    if stretch is not None:
        if not within_stretch_limit(stretch, rules.max_stretch_percent):
            return None
        penalty += 0.12 * abs(stretch)
    if sound.kind != "percussion" and sound.key is not None:
        keys = [grid.key for grid in (pair.out_grid, pair.in_grid) if grid and grid.key]
        if any(sound.key.distance(key) > 1 for key in keys):
            return None
    if sound.kind == "vocal" and _has_vocals(choice):
        return None
    return penalty


def _stretch_percent(sound: OverlaySound, choice: Choice) -> float | None:
    """How much faster a loop must play; half and double time count as its own tempo."""
    grid = choice.pair.out_grid
    if sound.tempo_bpm is None or grid is None:
        return None
    return stretch_percent(grid.tempo_bpm, sound.tempo_bpm)


def _has_vocals(choice: Choice) -> bool:
    """Whether either track has vocals during the join."""
    candidate, pair = choice.candidate, choice.pair
    stretches = (
        (pair.outgoing.analysis, candidate.out_s, candidate.out_end_s),
        (pair.incoming.analysis, candidate.in_s, candidate.in_end_s),
    )
    return any(
        analysis is not None and any(v.start_s < end and v.end_s > start for v in analysis.vocals)
        for analysis, start, end in stretches
    )


def _bars(timeline: Timeline, choice: Choice, index: int) -> Times:
    """The downbeats of the overlap, in samples of the mix."""
    candidate, grid = choice.candidate, choice.pair.out_grid
    assert grid is not None and candidate.out_bar is not None  # the join is beat-matched
    clip = timeline.clips[timeline.transitions[index].outgoing]
    bars_s = grid.bars_s[candidate.out_bar : candidate.out_bar + candidate.bars + 1]
    return clip.mixes_at(bars_s * SAMPLE_RATE)


def _clips(sound: OverlaySound, bars: Times, choice: Choice, gain_db: float) -> tuple[Clip, ...]:
    """The clips of a sound over a join.

    A loop repeats through the middle half of the join; a one-shot plays once, in the middle.
    """
    middle = len(bars) // 2
    if sound.beats is None or sound.tempo_bpm is None:
        return (_clip(sound, round(bars[middle]), None, gain_db),)
    first, last = _middle_half(bars)
    once = _loop_samples(sound, bars, choice)
    times = max(round((last - first) / once), 1)
    return tuple(_clip(sound, round(first + n * once), once, gain_db) for n in range(times))


def _clip(sound: OverlaySound, start: int, once: int | None, gain_db: float) -> Clip:
    """One play of the sound; a loop is stretched to last ``once`` samples."""
    whole = sound.length
    if once is not None and sound.beats and sound.tempo_bpm:
        whole = min(samples(sound.beats * 60.0 / sound.tempo_bpm), sound.length)
    length = once or whole
    return Clip(
        track_id=sound.sound_id,
        content_hash=sound.content_hash,
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
    """Loudness of a sound; -14 LUFS if it is too short to be measured."""
    lufs = sound.loudness.integrated_lufs
    return lufs if np.isfinite(lufs) else -14.0


def _reason(sound: OverlaySound, choice: Choice) -> str:
    stretch = _stretch_percent(sound, choice)
    tempo = "" if stretch is None else f", tempo {stretch:+.1f} %"
    return f"“{sound.name}” is laid over the middle{tempo}."
