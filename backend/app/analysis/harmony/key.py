"""Detect chords, and estimate the key of a stem or loop from them.

A profile of pitch classes alone confuses a key with its relative, or with the longest chord. So
chords are detected first, and a key is scored by them: by how often its own triads sound, above all
the tonic, and how often foreign ones do.
"""

from __future__ import annotations

import numpy as np

from ...contract.analysis import KEY_NAMES, Harmony
from ..mid_side import ANALYSIS_RATE
from ..spectral_peaks import Floats, Matrix
from .pitches import STEPS, WINDOW, PitchSpectra

CHORD_MOMENTS = 5  # 0.9 s: a chord lasts longer in nearly all music, passing notes do not
CHORD_SHARPNESS = 8.0  # a moment's weight of a chord is exp of this times its correlation
BASS_WEIGHT = 0.25
"""Added to a chord's correlation if the bass plays its root; distinguishes it from the chord a
third away."""
FOREIGN_CHORD = -0.15  # weight of a chord outside the key; the tonic's is 1
SCALE_WEIGHT = 0.1  # of the correlation with the scale: its notes also sound between chords

MAJOR_TRIAD = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
MINOR_TRIAD = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)

LEAST_TONALITY = 0.55
"""Least share of lasting tones times their fit to chords. Noise has 0.2, drum kits 0.1 to 0.5, a
single held note 0.52; bass and drums alone have 0.65 and more."""
SURE_MARGIN = 0.1  # lead over the next key that gives a confidence of 0.63; scores are 0.4 to 0.8

# Weights of a key's chords, by mode and by semitones over the tonic: rounded from the counts of de
# Clercq & Temperley, "A corpus analysis of rock harmony" (2011). Minor keys include the major
# dominant.
MAJOR_CHORDS = {"major": {0: 1.0, 7: 0.55, 5: 0.5}, "minor": {9: 0.45, 2: 0.35, 4: 0.3}}
MINOR_CHORDS = {"minor": {0: 1.0, 5: 0.5, 7: 0.45}, "major": {8: 0.5, 10: 0.45, 3: 0.4, 7: 0.35}}
# Tonic, fifth and third weigh most, notes outside the scale nothing: the shape of profiles fitted
# to popular music (Faraldo et al., "Key estimation in electronic dance music", 2016).
MAJOR_SCALE = (1.0, 0.0, 0.5, 0.0, 0.7, 0.5, 0.0, 0.9, 0.0, 0.5, 0.0, 0.4)
MINOR_SCALE = (1.0, 0.0, 0.5, 0.7, 0.0, 0.5, 0.0, 0.9, 0.4, 0.0, 0.4, 0.0)
# How well each note fits a key, to its tonic: Krumhansl & Kessler, "Tracing the dynamic changes in
# perceived tonal organization" (1982).
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def estimate_key_by_chords(pitches: PitchSpectra) -> Harmony:
    """Estimate the key from the chords alone; None without enough tones."""
    return _best(_chord_scores(pitches))


def _best(scores: Floats | None) -> Harmony:
    """Return the key with the highest score, and the confidence; None without scores."""
    if scores is None:
        return Harmony(key=None, confidence=0.0)
    best, second = np.sort(scores)[:-3:-1]
    confidence = round(1.0 - float(np.exp(-(best - second) / SURE_MARGIN)), 3)
    return Harmony(key=KEY_NAMES[int(np.argmax(scores))], confidence=confidence)


def _chord_scores(pitches: PitchSpectra) -> Floats | None:
    """Score each key by the chords, ``(24,)``; None if too few tones last."""
    tuning = estimate_tuning(pitches.bass + pitches.treble)
    bass, treble = (pitch_classes(part, tuning) for part in (pitches.bass, pitches.treble))
    if tonality(treble) < LEAST_TONALITY:
        return None
    return key_scores(held(lasting(bass)), held(lasting(treble)))


def tonality(treble: Floats) -> float:
    """Share of lasting tones times their fit to chords, from pitch classes ``(n, 12)``."""
    lasting_treble = lasting(treble)
    if not lasting_treble.any():
        return 0.0
    fit = correlate(held(lasting_treble), MAJOR_TRIAD, MINOR_TRIAD).max(axis=1)
    return float(lasting_treble.sum() / treble.sum()) * float(np.median(fit))


def key_scores(bass: Floats, treble: Floats) -> Floats:
    """Score each of :data:`KEY_NAMES`, ``(24,)``, from held pitch classes ``(n, 12)``."""
    shares, weights = chords(bass, treble)
    return score_chords(weights @ shares / weights.sum(), (bass + treble).sum(axis=0))


def score_chords(shares: Floats, notes: Floats) -> Floats:
    """Score each key, ``(24,)``, from the share of each triad and the strength of each note."""
    return _key_chords() @ shares + SCALE_WEIGHT * correlate(notes, MAJOR_SCALE, MINOR_SCALE)


def chords(bass: Floats, treble: Floats) -> tuple[Floats, Floats]:
    """Detect triads in held pitch classes ``(n, 12)``.

    Returns
    -------
    the share of each triad in each moment, ``(n, 24)`` in the order of the keys, and the moments'
    weights, ``(n,)``: quiet moments weigh less
    """
    fit = correlate(treble, MAJOR_TRIAD, MINOR_TRIAD)
    root = bass / np.maximum(bass.max(axis=1, keepdims=True), 1e-9)
    fit += BASS_WEIGHT * np.concatenate([root, root], axis=1)
    share = np.exp(CHORD_SHARPNESS * fit)
    share /= share.sum(axis=1, keepdims=True)
    strength = np.linalg.norm(treble, axis=1)
    return share, np.minimum(strength / np.median(strength[strength > 0.0]), 1.0)


def estimate_tuning(pitches: Matrix) -> float:
    """Estimate the tuning relative to A = 440 Hz, -0.5 to 0.5 semitones.

    It is a circular mean.
    """
    per_semitone = STEPS // 12
    turns = np.exp(2j * np.pi * np.arange(STEPS) / per_semitone)
    return float(np.angle(pitches.sum(axis=0) @ turns) / (2.0 * np.pi))


def chroma(spectrum: Floats, tuning: float) -> Floats:
    """Sum a spectrum into twelve pitch classes, from C upwards.

    Parameters
    ----------
    spectrum : magnitudes, float64 ``(WINDOW / 2 + 1,)``
    tuning : the track's tuning over A = 440 Hz, in semitones

    Returns
    -------
    float64 ``(12,)``; octaves around 880 Hz count the most
    """
    from librosa import filters  # loads numba: 0.8 s and 115 MB, only needed by analysis jobs

    bank = filters.chroma(sr=ANALYSIS_RATE, n_fft=WINDOW, tuning=tuning, dtype=np.float64)
    return np.asarray(bank @ spectrum)


def pitch_classes(pitches: Matrix, tuning: float) -> Floats:
    """Sum pitches into twelve notes, ``(n, 12)``, each reaching half a semitone.

    The weight falls to 0 half a semitone away.
    """
    at = np.arange(STEPS) * 12.0 / STEPS - tuning
    apart = np.abs((at[:, None] - np.arange(12) + 6.0) % 12.0 - 6.0)
    return np.asarray(pitches @ np.maximum(1.0 - 2.0 * apart, 0.0), np.float64)


def lasting(notes: Floats) -> Floats:
    """Remove sounds of a single moment, mostly drums."""
    around = np.pad(notes, ((1, 1), (0, 0)), mode="edge")
    return np.asarray(np.median([around[:-2], around[1:-1], around[2:]], axis=0))


def held(notes: Floats) -> Floats:
    """Average over about the length of a chord around each moment."""
    half = CHORD_MOMENTS // 2
    total = np.cumsum(np.pad(notes, ((half + 1, half), (0, 0))), axis=0)
    return np.asarray((total[CHORD_MOMENTS:] - total[:-CHORD_MOMENTS]) / CHORD_MOMENTS)


def _key_chords() -> Floats:
    """Return the weight of each chord (column) for each key (row), ``(24, 24)``."""
    rows, tonics = np.full((24, 24), FOREIGN_CHORD), np.arange(12)
    for mode, chords in enumerate((MAJOR_CHORDS, MINOR_CHORDS)):
        for chord_mode, weights in chords.items():
            for step, weight in weights.items():
                chord = 12 * (chord_mode == "minor") + (tonics + step) % 12
                rows[12 * mode + tonics, chord] = weight
    return rows


def correlate(notes: Floats, major: tuple[float, ...], minor: tuple[float, ...]) -> Floats:
    """Correlate ``(..., 12)`` with a pattern of each mode on all tonics, ``(..., 24)``.

    The result is 0 where the notes are constant.
    """

    def standardised(rows: Floats) -> Floats:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        return np.asarray(centred / (np.linalg.norm(centred, axis=-1, keepdims=True) + 1e-9))

    on_tonics = [np.roll(pattern, tonic) for pattern in (major, minor) for tonic in range(12)]
    return np.asarray(standardised(notes) @ standardised(np.array(on_tonics)).T)
