"""Who sings over whose instruments: how well each pair of songs goes together, and why.

The score is a weighted geometric mean of its parts, so that one thing that does not fit at all
cannot be made up for by others that do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from ..contract.mashups import FitPart, MashupFits, PairFit, Vibe
from .deck import Grid
from .mashup_deck import MashupTrack
from .mashup_keys import KeyFit, key_fit
from .mashup_room import room_part, voice_part
from .mashup_tempo import common_tempo_bpm, fold_between, mix_tempo_bpm
from .vibes import VIBES, VibeTreatment

UNHEARD, TOO_FAR = 0.04, 0.16
"""Two tempos 4 % apart meet in the middle at 2 %, which people hardly notice. At 16 % each is bent
by 8 %: drums smear then, and voices sound drunk or hurried."""

HOME_WEIGHT = 0.1
"""How much it counts whether a pair's tempo is one at which the vibe feels at home."""

WEIGHTS = {"tempo": 0.25, "key": 0.3, "phrases": 0.15, "room": 0.12, "voice": 0.18}
_LEAST = 1e-3


def fits(tracks: Sequence[MashupTrack], vibe: Vibe) -> MashupFits:
    """How well each track's voice goes over each other one's instruments, the best first.

    One track alone is paired with itself. Before the tracks are taken apart this goes by what was
    heard in them as a whole.
    """
    stems = all(track.stems for track in tracks)
    pairs = [pair_fit(vocals, under, VIBES[vibe]) for vocals, under in _pairs(tracks)]
    best_first = sorted(pairs, key=lambda pair: -pair.score)
    return MashupFits(pairs=best_first, measured_on="stems" if stems else "tracks")


def _pairs(tracks: Sequence[MashupTrack]) -> Iterator[tuple[MashupTrack, MashupTrack]]:
    if len(tracks) == 1:
        yield tracks[0], tracks[0]
        return
    for one, other in product(tracks, tracks):
        if one is not other:
            yield one, other


def pair_fit(vocals: MashupTrack, under: MashupTrack, treatment: VibeTreatment) -> PairFit:
    """How well one track's voice goes over another one's instruments."""
    keys = key_fit(vocals, under)
    tempo, factor, change = _tempo_part(vocals, under, treatment)
    parts = [
        tempo,
        _key_part(keys, vocals is under),
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
    """Who over whom, and what speaks for it or most against it."""
    if vocals is under:
        return f"{vocals.title} alone: an edit of itself."
    weakest = min(parts, key=lambda part: part.score)
    who = f"The voice of {vocals.title} over the instruments of {under.title}"
    if weakest.score > 0.75:
        best = max(parts, key=lambda part: WEIGHTS[part.name] * part.score)
        return f"{who}: everything fits; {best.reason}."
    return f"{who}: the weakest point: {weakest.reason}."


def _tempo_part(
    vocals: MashupTrack, under: MashupTrack, treatment: VibeTreatment
) -> tuple[FitPart, float, float]:
    """The part, the beats of the voice for one of the instruments, its change in percent."""
    voice, band = vocals.grid, under.grid
    if voice is None or band is None:
        who = vocals if voice is None else under
        reason = f"{who.title} has no beat that can be followed"
        return FitPart(name="tempo", score=0.0, reason=reason), 1.0, 0.0
    factor = fold_between(voice.tempo_bpm, band.tempo_bpm)
    apart = abs(math.log(band.tempo_bpm * factor / voice.tempo_bpm))
    common = common_tempo_bpm(voice, band, factor)
    played = mix_tempo_bpm(voice, band, treatment)
    change = 100.0 * (played * factor / voice.tempo_bpm - 1.0)
    near = 1.0 - min(max((apart - UNHEARD) / (TOO_FAR - UNHEARD), 0.0), 1.0)
    near *= 1.0 - 0.15 * min(apart / UNHEARD, 1.0)
    home = _at_home(common, treatment)
    alone = vocals is under
    reason = "it is in its own tempo" if alone else _tempo_words(voice, band, factor, apart)
    score = near * (1.0 - HOME_WEIGHT + HOME_WEIGHT * home)
    return FitPart(name="tempo", score=score, reason=reason), factor, change


def _tempo_words(voice: Grid, band: Grid, factor: float, apart: float) -> str:
    counted = {1.0: "", 2.0: ", counted half,", 0.5: ", counted double,"}[factor]
    percent = 100.0 * math.expm1(apart)
    off = "meets" if percent < 0.1 else f"is {percent:.1f} % off"
    return f"{voice.tempo_bpm:.1f} BPM{counted} {off} {band.tempo_bpm:.1f} BPM"


def _at_home(tempo_bpm: float, treatment: VibeTreatment) -> float:
    """1 within the tempos that suit the vibe, in any octave; 0 from a fifth off them."""
    low, high = treatment.tempo_bpm
    octaves = (tempo_bpm / 2.0, tempo_bpm, tempo_bpm * 2.0)
    off = min(max(math.log(low / bpm), math.log(bpm / high), 0.0) for bpm in octaves)
    return max(1.0 - off / math.log(1.2), 0.0)


def _key_part(keys: KeyFit, alone: bool) -> FitPart:
    if alone:
        return FitPart(name="key", score=1.0, reason="it is in its own key")
    return FitPart(name="key", score=keys.score, reason=keys.reason)


def _phrase_part(vocals: MashupTrack, under: MashupTrack) -> FitPart:
    """Whether bars and phrases can lie on each other."""
    voice, band = vocals.grid, under.grid
    if voice is None or band is None:
        return FitPart(name="phrases", score=0.0, reason="without a beat there are no bars")
    if voice.beats_per_bar != band.beats_per_bar:
        reason = f"{voice.beats_per_bar} beats to the bar do not fit on {band.beats_per_bar}"
        return FitPart(name="phrases", score=0.0, reason=reason)
    sure = min(_sureness(voice), _sureness(band))
    bars = min(len(voice.bars_s), len(band.bars_s))
    enough = min(bars / 32.0, 1.0)  # four phrases make a form
    reason = f"both count {band.beats_per_bar} to the bar"
    if sure < 0.5:
        reason += ", but where bars begin is hard to tell"
    if enough < 1.0:
        reason += f", and there are only {bars} bars"
    score = (0.4 + 0.6 * min(sure / 0.6, 1.0)) * (0.3 + 0.7 * enough)
    return FitPart(name="phrases", score=score, reason=reason)


def _sureness(grid: Grid) -> float:
    rhythm = grid.analysis.rhythm
    return math.sqrt(max(rhythm.confidence * rhythm.downbeat_confidence, 0.0))
