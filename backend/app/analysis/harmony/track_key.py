"""Estimate the key of a track, and where it changes."""

from __future__ import annotations

from ...contract.analysis import KEY_NAMES, Harmony, KeySection, Rhythm
from .key import (
    MAJOR_PROFILE,
    MINOR_PROFILE,
    chroma,
    correlate,
    estimate_tuning,
    pitch_classes,
    tonality,
)
from .key_changes import find_parts
from .key_evidence import Bars, confidence_in, key_scores, music_of
from .pitches import PitchSpectra
from .toneless import find_toneless

LEAST_TONALITY = 0.5  # noise has 0.2, drum kits up to 0.45, music with a key 0.53 and more
LEAST_CONFIDENCE = 0.42  # less is a tie between keys: none is stated
LEFT_OPEN, PROFILE_WEIGHT = 0.5, 5.0
"""Below the first value, a profile of the whole spectrum counts, too; the second is its weight. It
loads librosa, so other tracks do without."""
GROUP_BARS = 4  # harmony comes in groups of four bars, nearly always from the tonic


def estimate_key(pitches: PitchSpectra, rhythm: Rhythm | None = None) -> Harmony:
    """Estimate a track's key, its changes of key, and its ranges without tones.

    ``rhythm`` tells where groups of bars begin. The key is None without enough tones.
    """
    tuning = estimate_tuning(pitches.bass + pitches.treble)
    bass, treble = (pitch_classes(part, tuning) for part in (pitches.bass, pitches.treble))
    toneless = find_toneless(bass, treble)
    if tonality(treble) < LEAST_TONALITY:
        return Harmony(key=None, confidence=0.0, toneless=toneless)
    music = music_of(pitches, tuning)
    starts = group_starts(rhythm) if rhythm else []
    sections = find_parts(music, starts)
    if len(sections) > 1:
        key, confidence = _largest(sections)
        return Harmony(key=key, confidence=confidence, sections=sections, toneless=toneless)
    scores = key_scores(music, starts)
    if confidence_in(scores, music.clarity) < LEFT_OPEN:
        notes = chroma(pitches.spectrum, tuning)
        scores += PROFILE_WEIGHT * correlate(notes, MAJOR_PROFILE, MINOR_PROFILE)
    confidence = confidence_in(scores, music.clarity)
    if confidence < LEAST_CONFIDENCE:
        return Harmony(key=None, confidence=0.0, toneless=toneless)
    return Harmony(key=KEY_NAMES[int(scores.argmax())], confidence=confidence, toneless=toneless)


def group_starts(rhythm: Rhythm) -> Bars:
    """List the first bar of each group of four, from the phrases; empty if the metre is unknown."""
    if not rhythm.metre_is_known:
        return []
    bars_s = [rhythm.beats_s[at] for at in rhythm.downbeats]
    first = rhythm.phrase_start % GROUP_BARS
    return [(bars_s[at], bars_s[at + 1]) for at in range(first, len(bars_s) - 1, GROUP_BARS)]


def _largest(sections: list[KeySection]) -> tuple[str, float]:
    """Return the key that lasts longest, and its mean confidence."""
    lengths: dict[str, float] = {}
    for part in sections:
        lengths[part.key] = lengths.get(part.key, 0.0) + part.end_s - part.start_s
    key = max(lengths, key=lambda name: lengths[name])
    of_key = [part for part in sections if part.key == key]
    sure = sum(part.confidence * (part.end_s - part.start_s) for part in of_key)
    return key, round(sure / lengths[key], 3)
