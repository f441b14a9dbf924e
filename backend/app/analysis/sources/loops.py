"""Detect loops: start, number of beats and key of a short sound.

A loop lasts a whole number of beats, so its length allows a few tempos. It is a loop if its attacks
fall on the grid of one of them. The tempo measured when it is repeated, or given in its name, is
further evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...dsp.channels import sound_cancels
from ...dsp.samples import Samples, samples, seconds
from ..harmony.key import estimate_key_by_chords
from ..harmony.pitches import PitchSpectrumAnalyser
from ..mid_side import MidSideBlock, analysis_blocks
from ..rhythm.onsets import FRAME_RATE, Floats, SpectraAnalyser, onset_strengths
from ..rhythm.rhythm_analyser import RhythmAnalyser

BEATS = (1, 2, 4, 8, 16, 32)
SLOWEST_BPM, FASTEST_BPM, USUAL_BPM = 60.0, 200.0, 112.0
# Least confidence of a key: of bars of chords above it, 25 in 26 have the right key; of others, 6
# in 10.
SURE_OF_KEY = 0.3

_PLAYED_S = 12.0  # the sound is repeated for this long, so that pulse and chords become clear
_BLOCK = 1 << 16
_SAME_TEMPO = 0.03  # a measured tempo may be wrong by this much; the length gives the exact one
_SAME_LENGTH = 0.01  # exporters add or lose some milliseconds
_LEAD_S = 0.01  # shorter silence belongs to the first beat
_STRONG = 0.25  # of the strongest attacks; weaker ones are echoes and finger noise
_APART_FRAMES = 6  # a sixteenth at 200 BPM lasts 7.5
_EARLY_S = 0.012  # the flux rises this long before the window's centre reaches the attack
_REACH_S = 0.025  # largest distance of the grid's first line from the loop's start
_PADDING_S = 0.06  # silence added by MP3 encoders: 26 to 50 ms, with pre-echo
_FEWEST_ATTACKS = 3
# Rayleigh's statistic n * r**2: random attacks exceed z with a probability of exp(-z).
_ON_GRID, _ON_GRID_WITH_TEMPO = 4.0, 2.5
_CLOSE = 0.6  # least r: a spread of 16 % of a sixteenth, more than players have
_BAR = 4


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop in a sound: first sample, length in samples, number of beats.

    The sound may end some milliseconds before the loop.
    """

    start: int
    n_samples: int
    beats: int

    @property
    def tempo_bpm(self) -> float:
        """Beats a minute."""
        return 60.0 * self.beats / seconds(self.n_samples)


def find_loop(sound: Samples, attack: int, named_bpm: float | None = None) -> Loop | None:
    """Find the loop in a sound; None for a single hit, free rhythm, or a held tone.

    Parameters
    ----------
    sound : float32, shape (2, n), 44.1 kHz
    attack : sample of the first attack; a loop starts there or with the sound
    named_bpm : the tempo in the sound's name
    """
    found: list[tuple[float, Loop]] = []
    for start in [0, attack] if attack > samples(_LEAD_S) else [0]:
        rest = sound.shape[1] - start
        found += (
            _named(sound, start, rest, named_bpm) if named_bpm else _unnamed(sound, start, rest)
        )
    return max(found, key=lambda one: one[0])[1] if found else None


def estimate_sound_key(sound: Samples) -> str | None:
    """Estimate the key of a sound, float32 ``(2, n)``.

    None for drums, noise and single notes.
    """
    analyser = PitchSpectrumAnalyser()
    for block in _repeated(sound):
        analyser.push(block)
    harmony = estimate_key_by_chords(analyser.finish())
    return harmony.key if harmony.confidence >= SURE_OF_KEY else None


def _named(sound: Samples, start: int, rest: int, tempo_bpm: float) -> Iterator[tuple[float, Loop]]:
    """Find the longest loop of a given tempo, followed by less than a beat of decay.

    If the sound is longer than its beats and these are late, an encoder has added silence before.
    """
    beat = samples(60.0 / tempo_bpm)
    counts = [n for n in BEATS if n * beat <= rest * (1.0 + _SAME_LENGTH)]
    if not counts or rest - counts[-1] * beat >= beat:
        return
    loop = Loop(start, round(counts[-1] * samples(1.0) * 60.0 / tempo_bpm), counts[-1])
    fits = loop.beats >= _BAR and abs(rest - loop.n_samples) <= _SAME_LENGTH * loop.n_samples
    attacks_s, _ = _analyse_repeated(_cut(sound, loop))
    evidence, late_s = _fit_grid(attacks_s, 60.0 / tempo_bpm)
    if _LEAD_S < late_s < min(_PADDING_S, seconds(rest - loop.n_samples)):
        loop = replace(loop, start=start + samples(late_s))
    elif abs(late_s) > _REACH_S and not fits:
        return
    if fits or evidence > _ON_GRID_WITH_TEMPO:
        yield evidence, loop


def _unnamed(sound: Samples, start: int, rest: int) -> Iterator[tuple[float, Loop]]:
    """Take the whole rest of a sound as a loop, if its attacks are on a grid."""
    counts = [n for n in BEATS if SLOWEST_BPM <= 60.0 * n / seconds(rest) <= FASTEST_BPM]
    if not counts:
        return
    attacks_s, tempo_bpm = _analyse_repeated(sound[:, start:])
    evidence, late_s = _fit_grid(attacks_s, seconds(rest) / counts[-1])
    beats = _beats_at(tempo_bpm, rest, counts)
    enough = _ON_GRID if beats is None else _ON_GRID_WITH_TEMPO
    if evidence > enough and abs(late_s) < _REACH_S:
        usual = min(counts, key=lambda n: abs(math.log(60.0 * n / seconds(rest) / USUAL_BPM)))
        yield evidence, Loop(start, rest, beats or usual)


def _beats_at(tempo_bpm: float, n_samples: int, counts: list[int]) -> int | None:
    """The number of beats that fits the tempo, its double or its half; None if none does."""
    for factor in (1.0, 2.0, 0.5):
        beats = seconds(n_samples) * factor * tempo_bpm / 60.0
        for count in counts:
            if abs(beats / count - 1.0) < _SAME_TEMPO:
                return count
    return None


def _analyse_repeated(sound: Samples) -> tuple[Floats, float]:
    """Find the attacks of a repeated sound, in seconds, and its tempo in BPM."""
    rhythm, spectra = RhythmAnalyser(), SpectraAnalyser()
    for block in _repeated(sound):
        rhythm.push(block)
        spectra.push(block.mid)
    accent = onset_strengths(spectra.finish().bands).accent
    return _attacks_s(accent, seconds(sound.shape[1])), rhythm.finish().tempo_bpm


def _repeated(sound: Samples) -> Iterator[MidSideBlock]:
    times = max(2, math.ceil(_PLAYED_S / seconds(sound.shape[1])))
    whole = np.tile(sound, (1, times))
    blocks = (whole[:, i : i + _BLOCK] for i in range(0, whole.shape[1], _BLOCK))
    yield from analysis_blocks(blocks, reverse_right=sound_cancels(sound))


def _attacks_s(accent: Floats, period_s: float) -> Floats:
    """Find the attacks of the second repetition, interpolated between frames."""
    from scipy.signal import find_peaks  # half a second to load, and the API loads this file

    strong = _STRONG * float(np.percentile(accent, 99))
    peaks, _ = find_peaks(accent, height=max(strong, 1e-6), distance=_APART_FRAMES)
    before, top, after = accent[peaks - 1], accent[peaks], accent[peaks + 1]
    bend = before - 2.0 * top + after
    vertex = 0.5 * (before - after) / np.where(bend == 0.0, 1.0, bend)
    at_s = (peaks + vertex) / FRAME_RATE + _EARLY_S - period_s
    return np.asarray(at_s[(at_s >= -_REACH_S) & (at_s < period_s - _REACH_S)])


def _fit_grid(attacks_s: Floats, beat_s: float) -> tuple[float, float]:
    """Fit a grid of sixteenths and one of triplets.

    Returns
    -------
    the evidence for the better one (Rayleigh's ``n * r**2``; 0 for none), and its delay in seconds
    """
    evidence, late_s = 0.0, 0.0
    if len(attacks_s) < _FEWEST_ATTACKS:
        return evidence, late_s
    for parts in (4, 3):
        turns = np.exp(2j * np.pi * attacks_s * parts / beat_s).mean()
        here = len(attacks_s) * float(abs(turns)) ** 2
        if abs(turns) > _CLOSE and here > evidence:
            evidence, late_s = here, float(np.angle(turns)) / (2.0 * np.pi) * beat_s / parts
    return evidence, late_s


def _cut(sound: Samples, loop: Loop) -> Samples:
    """Cut out the loop, padded with silence if the sound ends early."""
    part = sound[:, loop.start : loop.start + loop.n_samples]
    return np.pad(part, ((0, 0), (0, loop.n_samples - part.shape[1])))
