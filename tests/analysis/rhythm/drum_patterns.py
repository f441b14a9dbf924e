"""Drum patterns in any metre and at any tempo, with a chord for each bar."""

from __future__ import annotations

import numpy as np

from backend.app.dsp.samples import SAMPLE_RATE, Samples

LEAD_S = 0.3  # before the first bar
_ROOTS = (0, 5, 3, 7)  # semitones over A


def patterned(
    tempo_bpm: float,
    kick: str,
    snare: str,
    *,
    steps_per_beat: int,
    bars: int,
    hats: str = "x.",
    hat_gain: float = 1.0,
    chords_early: int = 0,
) -> Samples:
    """Render bars as long as ``kick``, in which each ``x`` is a drum hit; ``hats`` repeats.

    Chords change ``chords_early`` steps before their bar.
    """
    rng = np.random.default_rng(7)
    step_s = 60.0 / tempo_bpm / steps_per_beat
    wave = np.zeros(round((len(kick) * bars * step_s + LEAD_S + 1.0) * SAMPLE_RATE))
    kick_sound, snare_sound, hat_sound = _drums(rng)
    drums = kick_sound, snare_sound, hat_gain * hat_sound
    for bar in range(bars):
        start_s = LEAD_S + bar * len(kick) * step_s
        for step, strokes in enumerate(zip(kick, snare, hats * len(kick), strict=False)):
            for drum, stroke in zip(drums, strokes, strict=True):
                if stroke == "x":
                    _add(wave, rng.uniform(0.85, 1.0) * drum, start_s + step * step_s)
        chord = _chord(_ROOTS[bar % len(_ROOTS)], len(kick) * step_s)
        _add(wave, chord, max(start_s - chords_early * step_s, 0.0))
    wave *= 0.8 / np.abs(wave).max()
    return np.stack([wave, wave]).astype(np.float32)


def downbeats_s(tempo_bpm: float, kick: str, *, steps_per_beat: int, bars: int) -> list[float]:
    """Times at which the bars begin, in seconds."""
    return [LEAD_S + bar * len(kick) * 60.0 / tempo_bpm / steps_per_beat for bar in range(bars)]


def _drums(rng: np.random.Generator) -> tuple[Samples, Samples, Samples]:
    at = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    kick = 0.8 * np.sin(2 * np.pi * (50 * at + 1 - np.exp(-30 * at))) * np.exp(-14 * at)
    snare = 0.5 * rng.standard_normal(len(at)) * np.exp(-22 * at)
    hat = 0.2 * np.diff(rng.standard_normal(len(at)), prepend=0.0) * np.exp(-60 * at)
    return kick, snare, hat


def _chord(root: int, length_s: float) -> Samples:
    at = np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    tones = [55.0 * 2 ** ((root + interval) / 12) for interval in (0, 12, 19, 24, 28)]
    envelope = np.minimum(50 * at, 1.0) * np.exp(-0.4 * at)
    return np.asarray(0.06 * envelope * sum(np.sin(2 * np.pi * hz * at) for hz in tones))


def _add(wave: Samples, sound: Samples, at_s: float) -> None:
    start = round(at_s * SAMPLE_RATE)
    wave[start : start + len(sound)] += sound[: len(wave) - start]
