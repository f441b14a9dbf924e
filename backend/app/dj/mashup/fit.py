"""Rate how well pairs of songs fit in a mashup: one's voice, the other's instruments.

The score is a weighted geometric mean of its parts, so that good parts cannot compensate for one
that does not fit at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

from ...contract.mashups import FitPart, MashupFits, PairFit, Vibe
from ..deck import Grid, MashupTrack
from ..tempo_stretch import fold_between
from .keys import key_fit
from .tempo import common_tempo_bpm, mix_tempo_bpm
from .vibes import VIBES, VibeTreatment
from .vocals import room_part, voice_part

UNNOTICED, TOO_FAR = 0.04, 0.16
"""Two tempos 4 % apart meet in the middle at 2 %, which is hardly noticed. At 16 % each changes by
8 %: drums smear, and voices sound drunk or hurried."""

TYPICAL_TEMPO_WEIGHT = 0.1  # weight of a pair's tempo being typical of the vibe

WEIGHTS = {"tempo": 0.25, "key": 0.3, "phrases": 0.15, "room": 0.12, "voice": 0.18}
_LEAST = 1e-3


def fits(tracks: Sequence[MashupTrack], vibe: Vibe) -> MashupFits:
    """Rate each track's voice over each other track's instruments, the best first.

    A single track is paired with itself. Before the separation, only the analyses of the whole
    tracks are used.
    """
    stems = all(track.stems for track in tracks)
    combinations = list(permutations(tracks, 2)) or [(track, track) for track in tracks]
    pairs = [pair_fit(vocals, under, VIBES[vibe]) for vocals, under in combinations]
    best_first = sorted(pairs, key=lambda pair: -pair.score)
    return MashupFits(pairs=best_first, measured_on="stems" if stems else "tracks")


def pair_fit(vocals: MashupTrack, under: MashupTrack, treatment: VibeTreatment) -> PairFit:
    """Rate one track's voice over another track's instruments."""
    keys = key_fit(vocals, under)
    tempo, factor, change = _tempo_part(vocals, under, treatment)
    parts = [
        tempo,
        FitPart(name="key", score=keys.score, reason=keys.reason),
        _phrase_part(vocals, under),
        room_part(vocals, under),
        voice_part(vocals),
    ]
    score = math.exp(sum(WEIGHTS[p.name] * math.log(max(p.score, _LEAST)) for p in parts))
    return PairFit(
        vocals=vocals.track_id,
        instrumental=under.track_id,
        score=round(score, 3),
        tempo_factor=factor,
        tempo_change_percent=round(change, 2),
        pitch_semitones=keys.pitch_semitones,
        key_distance=keys.distance,
        parts=[p.model_copy(update={"score": round(p.score, 3)}) for p in parts],
        reason=_reason(vocals, under, parts),
    )


def _reason(vocals: MashupTrack, under: MashupTrack, parts: Sequence[FitPart]) -> str:
    """Name the pair, and its strongest or weakest point."""
    if vocals is under:
        return f"{vocals.title} alone: an edit of the song."
    weakest = min(parts, key=lambda part: part.score)
    who = f"The voice of {vocals.title} over the instruments of {under.title}"
    if weakest.score > 0.75:
        best = max(parts, key=lambda part: WEIGHTS[part.name] * part.score)
        return f"{who}: everything fits; {best.reason}."
    return f"{who}: weakest point: {weakest.reason}."


def _tempo_part(
    vocals: MashupTrack, under: MashupTrack, treatment: VibeTreatment
) -> tuple[FitPart, float, float]:
    """Rate the tempos of a pair.

    Returns the part of the score, the voice's beats per beat of the instruments, and the voice's
    tempo change in percent.
    """
    voice, band = vocals.grid, under.grid
    if voice is None or band is None:
        who = vocals if voice is None else under
        reason = f"{who.title} has no clear beat"
        return FitPart(name="tempo", score=0.0, reason=reason), 1.0, 0.0
    factor = fold_between(band.tempo_bpm, voice.tempo_bpm)
    apart = abs(math.log(band.tempo_bpm * factor / voice.tempo_bpm))
    common = common_tempo_bpm(voice, band, factor)
    played = mix_tempo_bpm(voice, band, treatment)
    change = 100.0 * (played * factor / voice.tempo_bpm - 1.0)
    near = 1.0 - min(max((apart - UNNOTICED) / (TOO_FAR - UNNOTICED), 0.0), 1.0)
    near *= 1.0 - 0.15 * min(apart / UNNOTICED, 1.0)
    typical = _typical(common, treatment)
    alone = vocals is under
    reason = "it keeps its own tempo" if alone else _tempo_words(voice, band, factor, apart)
    score = near * (1.0 - TYPICAL_TEMPO_WEIGHT + TYPICAL_TEMPO_WEIGHT * typical)
    return FitPart(name="tempo", score=score, reason=reason), factor, change


def _tempo_words(voice: Grid, band: Grid, factor: float, apart: float) -> str:
    counted = {1.0: "", 2.0: " in half time", 0.5: " in double time"}[factor]
    percent = 100.0 * math.expm1(apart)
    off = "equals" if percent < 0.1 else f"is {percent:.1f} % off"
    return f"{voice.tempo_bpm:.1f} BPM{counted} {off} {band.tempo_bpm:.1f} BPM"


def _typical(tempo_bpm: float, treatment: VibeTreatment) -> float:
    """Rate a tempo: 1 within the vibe's typical range in any octave, 0 from 20 % outside."""
    low, high = treatment.tempo_bpm
    octaves = (tempo_bpm / 2.0, tempo_bpm, tempo_bpm * 2.0)
    off = min(max(math.log(low / bpm), math.log(bpm / high), 0.0) for bpm in octaves)
    return max(1.0 - off / math.log(1.2), 0.0)


def _phrase_part(vocals: MashupTrack, under: MashupTrack) -> FitPart:
    """Rate whether bars and phrases of both songs can be aligned."""
    voice, band = vocals.grid, under.grid
    if voice is None or band is None:
        return FitPart(name="phrases", score=0.0, reason="no clear beat, so no bars")
    if voice.beats_per_bar != band.beats_per_bar:
        reason = f"{voice.beats_per_bar} beats per bar do not fit on {band.beats_per_bar}"
        return FitPart(name="phrases", score=0.0, reason=reason)
    sure = min(_confidence(voice), _confidence(band))
    bars = min(len(voice.bars_s), len(band.bars_s))
    enough = min(bars / 32.0, 1.0)  # four phrases make an arrangement
    reason = f"both have {band.beats_per_bar} beats per bar"
    if sure < 0.5:
        reason += ", but their beginnings are uncertain"
    if enough < 1.0:
        reason += f", and there are only {bars} bars"
    score = (0.4 + 0.6 * min(sure / 0.6, 1.0)) * (0.3 + 0.7 * enough)
    return FitPart(name="phrases", score=score, reason=reason)


def _confidence(grid: Grid) -> float:
    rhythm = grid.analysis.rhythm
    return math.sqrt(max(rhythm.confidence * rhythm.downbeat_confidence, 0.0))
