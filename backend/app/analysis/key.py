"""The key of a track, told from the chords that are heard in it.

A profile of pitch classes alone takes a key for its relative, or for the chord that lasts longest.
Here each moment is first heard as chords, and a key is judged by the chords it owns: how often
its own triads sound, the tonic before all, and how often foreign ones do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..contract.analysis import KEY_NAMES, Harmony
from .pitches import STEPS, Matrix
from .tones import Tones

Floats = npt.NDArray[np.float64]

CHORD_MOMENTS = 5  # 0.9 s: a chord lasts longer in nearly all music, passing notes do not
CHORD_SHARPNESS = 8.0
"""How firmly a moment decides for the chord that fits best: exp of this times the correlation."""
BASS_WEIGHT = 0.25
"""What a bass note on a chord's root adds to its correlation; it parts a chord from its third's."""
FOREIGN_CHORD = -0.15
"""What a chord outside of the key counts against it; the tonic counts 1 for it."""
SCALE_WEIGHT = 0.1
"""Notes of a scale sound between chords too; their correlation with the key's profile helps."""

LEAST_TONALITY = 0.55
"""The share of the tones that last, times how well they fit chords. Noise has 0.2, drum kits 0.1 to
0.5, a single held note 0.52; bass and drums alone from 0.65 up."""
SURE_MARGIN = 0.1
"""A key this far ahead of the next one, of a score of 0.4 to 0.8, is more than likely right."""

# Semitones over the tonic and mode of a key's chords, with how much each speaks for the key: after
# the counts of de Clercq & Temperley, "A corpus analysis of rock harmony" (2011), rounded. Minor
# keys own the major dominant too.
MAJOR_CHORDS = {
    (0, "major"): 1.0,
    (7, "major"): 0.55,
    (5, "major"): 0.5,
    (9, "minor"): 0.45,
    (2, "minor"): 0.35,
    (4, "minor"): 0.3,
}
MINOR_CHORDS = {
    (0, "minor"): 1.0,
    (5, "minor"): 0.5,
    (8, "major"): 0.5,
    (7, "minor"): 0.45,
    (10, "major"): 0.45,
    (3, "major"): 0.4,
    (7, "major"): 0.35,
}
# Tonic, fifth and third stand out of the scale, other notes count nothing: the shape that profiles
# fitted to popular music have (Faraldo et al., "Key estimation in electronic dance music", 2016).
MAJOR_SCALE = (1.0, 0.0, 0.5, 0.0, 0.7, 0.5, 0.0, 0.9, 0.0, 0.5, 0.0, 0.4)
MINOR_SCALE = (1.0, 0.0, 0.5, 0.7, 0.0, 0.5, 0.0, 0.9, 0.4, 0.0, 0.4, 0.0)


def key_of(tones: Tones) -> Harmony:
    """The key that the chords of a track speak for; None where there is too little to go by."""
    return key_of_pitches(tones.bass, tones.treble)


def key_of_pitches(bass_pitches: Matrix, treble_pitches: Matrix) -> Harmony:
    """The same, of what a :class:`PitchEar` heard, float32 ``(n_moments, STEPS)`` each."""
    tuning = tuning_of(bass_pitches + treble_pitches)
    bass, treble = (pitch_classes(heard, tuning) for heard in (bass_pitches, treble_pitches))
    lasting_bass, lasting_treble = _lasting(bass), _lasting(treble)
    if not lasting_treble.any():
        return Harmony(key=None, confidence=0.0)
    share_lasting = float(lasting_treble.sum() / treble.sum())
    bass, treble = _held(lasting_bass), _held(lasting_treble)
    tonality = share_lasting * float(np.median(_correlation(treble, _triads()).max(axis=1)))
    if tonality < LEAST_TONALITY:
        return Harmony(key=None, confidence=0.0)
    scores = key_scores(bass, treble)
    best, second = np.sort(scores)[:-3:-1]
    confidence = round(1.0 - float(np.exp(-(best - second) / SURE_MARGIN)), 3)
    return Harmony(key=KEY_NAMES[int(np.argmax(scores))], confidence=confidence)


def key_scores(bass: Floats, treble: Floats) -> Floats:
    """How much speaks for each of :data:`KEY_NAMES`, ``(24,)``; pitch classes ``(n, 12)``."""
    notes = (bass + treble).sum(axis=0)
    return _key_chords() @ chord_shares(bass, treble) + SCALE_WEIGHT * _correlation(
        notes, _key_scales()
    )


def chord_shares(bass: Floats, treble: Floats) -> Floats:
    """The share of the music in which each triad sounds, ``(24,)``, ordered as the keys are.

    Moments in which little sounds count less.
    """
    fit = _correlation(treble, _triads())
    root = bass / np.maximum(bass.max(axis=1, keepdims=True), 1e-9)
    fit += BASS_WEIGHT * np.concatenate([root, root], axis=1)
    share = np.exp(CHORD_SHARPNESS * fit)
    share /= share.sum(axis=1, keepdims=True)
    strength = np.linalg.norm(treble, axis=1)
    weight = np.minimum(strength / np.median(strength[strength > 0.0]), 1.0)
    return np.asarray(weight @ share / weight.sum())


def tuning_of(pitches: Matrix) -> float:
    """How far a track is tuned over A = 440 Hz, -0.5 to 0.5 semitones: a mean on the circle."""
    per_semitone = STEPS // 12
    turns = np.exp(2j * np.pi * np.arange(STEPS) / per_semitone)
    return float(np.angle(pitches.sum(axis=0) @ turns) / (2.0 * np.pi))


def pitch_classes(pitches: Matrix, tuning: float) -> Floats:
    """Twelve notes, ``(n, 12)``: what lies half a semitone beside a note counts nothing."""
    at = np.arange(STEPS) * 12.0 / STEPS - tuning
    apart = np.abs((at[:, None] - np.arange(12) + 6.0) % 12.0 - 6.0)
    return np.asarray(pitches @ np.maximum(1.0 - 2.0 * apart, 0.0), np.float64)


def _lasting(notes: Floats) -> Floats:
    """Without what sounds for one moment only: drums, mostly."""
    around = np.pad(notes, ((1, 1), (0, 0)), mode="edge")
    return np.asarray(np.median([around[:-2], around[1:-1], around[2:]], axis=0))


def _held(notes: Floats) -> Floats:
    """The mean over about a chord round each moment."""
    half = CHORD_MOMENTS // 2
    total = np.cumsum(np.pad(notes, ((half + 1, half), (0, 0))), axis=0)
    return np.asarray((total[CHORD_MOMENTS:] - total[:-CHORD_MOMENTS]) / CHORD_MOMENTS)


def _triads() -> Floats:
    return _in_all_keys((0, 4, 7), (0, 3, 7))


def _in_all_keys(major: tuple[int, ...], minor: tuple[int, ...]) -> Floats:
    rows = np.zeros((24, 12))
    for mode, steps in enumerate((major, minor)):
        for tonic in range(12):
            rows[12 * mode + tonic, [(tonic + step) % 12 for step in steps]] = 1.0
    return rows


def _key_scales() -> Floats:
    return np.array(
        [np.roll(scale, tonic) for scale in (MAJOR_SCALE, MINOR_SCALE) for tonic in range(12)]
    )


def _key_chords() -> Floats:
    """What each chord (column) counts for each key (row), ``(24, 24)``."""
    rows = np.full((24, 24), FOREIGN_CHORD)
    for mode, chords in enumerate((MAJOR_CHORDS, MINOR_CHORDS)):
        for tonic in range(12):
            for (step, chord_mode), weight in chords.items():
                chord = 12 * (chord_mode == "minor") + (tonic + step) % 12
                rows[12 * mode + tonic, chord] = weight
    return rows


def _correlation(notes: Floats, patterns: Floats) -> Floats:
    """Pearson's, of each ``(..., 12)`` with each of ``(n_patterns, 12)``; 0 for what is flat."""

    def standardised(rows: Floats) -> Floats:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        return np.asarray(centred / (np.linalg.norm(centred, axis=-1, keepdims=True) + 1e-9))

    return np.asarray(standardised(notes) @ standardised(patterns).T)
