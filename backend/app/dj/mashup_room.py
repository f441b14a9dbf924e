"""Whether somebody sings, and whether there is room under a voice."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..analysis.stem_ear import BANDS_HZ, LEVEL_RATE, StemFacts
from ..contract.mashups import FitPart
from ..contract.stems import StemName
from .mashup_deck import MashupTrack

Floats = npt.NDArray[np.float64]

VOICE_HZ = (200.0, 4200.0)
"""What a voice needs: its fundamentals, and the formants that tell words apart."""

SINGS_DB = 25.0
"""Within this of a voice's loud moments somebody sings; what is lower is breath, room, or what
shines through from the other stems."""

HARDLY, ENOUGH = 0.04, 0.25
"""A track sung in less than the first share of its time is no singer; from the second on there are
phrases enough to build on."""

_BLEED_LU = 22.0  # a voice this far under its own track is no voice
_MASKING_DB = 12.0


def voice_part(vocals: MashupTrack) -> FitPart:
    """Whether there is enough to be sung."""
    share = sung_share(vocals)
    score = min(max((share - HARDLY) / (ENOUGH - HARDLY), 0.0), 1.0)
    if share <= HARDLY:
        return FitPart(name="voice", score=0.0, reason=f"{vocals.title} hardly sings")
    reason = f"{vocals.title} sings {100.0 * share:.0f} % of its time"
    return FitPart(name="voice", score=0.15 + 0.85 * score, reason=reason)


def sung_share(track: MashupTrack) -> float:
    """The share of a track's time in which somebody sings."""
    if track.stems:
        voice = track.stems.get("vocals")
        return float(sung_frames(track, voice).mean()) if voice and voice.levels_db else 0.0
    heard = track.deck.analysis
    if heard is None or heard.duration_s <= 0.0:
        return 0.0
    return sum(v.end_s - v.start_s for v in heard.vocals) / heard.duration_s


def sung_frames(track: MashupTrack, voice: StemFacts) -> npt.NDArray[np.bool_]:
    """Whether somebody sings, ``LEVEL_RATE`` a second; nowhere in what only shines through."""
    levels = np.asarray(voice.levels_db, np.float64)
    own_lufs = track.deck.loudness.integrated_lufs
    if voice.silent or voice.loudness_lufs < own_lufs - _BLEED_LU:
        return np.zeros(len(levels), np.bool_)
    return np.asarray(levels > _loud_db(levels) - SINGS_DB)


def _loud_db(levels: Floats) -> float:
    """The level of the loud moments: one frame in twenty is louder, of those that sound at all."""
    sounding = levels[levels > -70.0]
    return float(np.percentile(sounding, 95)) if len(sounding) else 0.0


def room_part(vocals: MashupTrack, under: MashupTrack) -> FitPart:
    """Whether the instruments leave the voice's part of the spectrum free."""
    if vocals.stems and under.stems:
        return _measured_room(vocals, under)
    heard = under.deck.analysis
    if heard is None:
        return FitPart(name="room", score=0.5, reason=f"nobody has listened to {under.title} yet")
    score = 0.4 + 0.6 * (1.0 - min(sung_share(under), 1.0)) * min(0.5 + heard.bass_share, 1.0)
    free = 100.0 * (1.0 - min(sung_share(under), 1.0))
    reason = f"{under.title} has no voice of its own in {free:.0f} % of its time"
    return FitPart(name="room", score=score, reason=reason)


def _measured_room(vocals: MashupTrack, under: MashupTrack) -> FitPart:
    """How far the voice's bands stand out, each weighted with what the voice has in it."""
    voice = vocals.stems.get("vocals")
    if voice is None or voice.silent:
        return FitPart(name="room", score=0.5, reason="without a voice there is room enough")
    band = instrument_bands(under)
    edges = np.array(BANDS_HZ)
    inside = (edges[:-1] >= VOICE_HZ[0] - 60.0) & (edges[1:] <= VOICE_HZ[1])
    sung = np.asarray(voice.bands)[inside]
    played = band[inside] if band is not None else np.zeros(int(inside.sum()))
    over_db = 10.0 * np.log10((sung + 1e-4) / (played + 1e-4))
    clear = np.clip(0.5 + over_db / (2.0 * _MASKING_DB), 0.0, 1.0)
    score = float(clear @ sung / max(float(sung.sum()), 1e-9))
    share = 100.0 * float(played.sum())
    words = f"{share:.0f} % of what {under.title} plays lies where a voice does (200 to 4000 Hz)"
    return FitPart(name="room", score=0.2 + 0.8 * score, reason=words)


_INSTRUMENTS: tuple[StemName, ...] = ("drums", "bass", "other", "guitar", "piano")


def instrument_bands(track: MashupTrack) -> Floats | None:
    """The share of the instruments' power in each band; None where nobody plays."""
    heard = [track.stems[stem] for stem in _INSTRUMENTS if track.plays(stem)]
    if not heard:
        return None
    powers = np.array([10.0 ** (facts.loudness_lufs / 10.0) for facts in heard])
    bands = np.array([facts.bands for facts in heard])
    return np.asarray(powers @ bands / powers.sum())


def power_lufs(*lufs: float) -> float:
    """The loudness of several that sound together and have nothing in common."""
    return 10.0 * math.log10(max(sum(10.0 ** (one / 10.0) for one in lufs), 1e-12))


def frames_between(first_s: float, last_s: float, n_frames: int) -> slice:
    """The frames of a stem's levels from one second to another."""
    first = min(max(round(first_s * LEVEL_RATE), 0), n_frames)
    return slice(first, min(max(round(last_s * LEVEL_RATE), first), n_frames))
