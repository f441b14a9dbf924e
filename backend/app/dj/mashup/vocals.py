"""A song's vocals: where they are, whether instruments leave room, where to cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...analysis.sources.stem import BANDS_HZ, LEVEL_RATE, StemFacts
from ...contract.analysis import Stretch
from ...contract.mashups import FitPart
from ...contract.stems import StemName
from ..deck import MashupTrack

Floats = npt.NDArray[np.float64]
Span = tuple[float, float]

VOICE_HZ = (200.0, 4200.0)  # a voice's fundamentals, and the formants that make words intelligible

VOCAL_RANGE_DB = 25.0
"""Levels within this range of a voice's loud moments are vocals; lower ones are breath, room, or
bleed from other stems."""

MIN_SUNG_SHARE, ENOUGH_SUNG_SHARE = 0.04, 0.25
"""A track with vocals in less than the first share of its time counts as instrumental; from the
second share on, it has enough phrases for a mashup."""

_BLEED_LU = 22.0  # a vocal stem this far below its track is only bleed
_DRAFT_BLEED_LU = 11.0
"""The same for the draft's stem. Of composed songs with a voice it is 3 to 6 LU below the track, of
those without one 14 to 34 LU."""
_MASKING_DB = 12.0

# the ends of vocals in the mix are known to about a quarter second
MIX_MARGIN_S = 0.25
BREATH_S = 0.25  # a shorter pause does not end a phrase
SHORTEST_S = 0.12  # shorter sounds are not words
# kept before the first and after the last sound, as consonants begin and end softly
MARGIN_S = 0.03
QUIETEST_S = 0.25  # a quieter moment is searched this far from a position: half a beat


def voice_part(vocals: MashupTrack) -> FitPart:
    """Rate whether the track has enough vocals."""
    share = sung_share(vocals)
    score = min(max((share - MIN_SUNG_SHARE) / (ENOUGH_SUNG_SHARE - MIN_SUNG_SHARE), 0.0), 1.0)
    if share <= MIN_SUNG_SHARE:
        # only separated stems show it for certain
        found = "has" if vocals.stems else "seems to have"
        return FitPart(name="voice", score=0.0, reason=f"{vocals.title} {found} hardly any vocals")
    about = "" if vocals.stems else "about "
    reason = f"{vocals.title} has vocals in {about}{100.0 * share:.0f} % of its time"
    return FitPart(name="voice", score=0.15 + 0.85 * score, reason=reason)


def sung_share(track: MashupTrack) -> float:
    """Share of the track's time with vocals."""
    if track.stems:
        voice = track.stems.get("vocals")
        return float(sung_frames(track, voice).mean()) if voice and voice.levels_db else 0.0
    analysis = track.deck.analysis
    if analysis is None or analysis.duration_s <= 0.0:
        return 0.0
    return sum(v.end_s - v.start_s for v in analysis.vocals) / analysis.duration_s


def sung_frames(track: MashupTrack, voice: StemFacts) -> npt.NDArray[np.bool_]:
    """Whether each frame (``LEVEL_RATE`` per second) has vocals; bleed does not count."""
    levels = np.asarray(voice.levels_db, np.float64)
    own_lufs = track.deck.loudness.integrated_lufs
    bleed_lu = _DRAFT_BLEED_LU if track.draft else _BLEED_LU
    if voice.silent or voice.loudness_lufs < own_lufs - bleed_lu:
        return np.zeros(len(levels), np.bool_)
    sounds = np.asarray(levels > _loud_db(levels) - VOCAL_RANGE_DB)
    analysis = track.deck.analysis
    if not track.draft or analysis is None:
        return sounds
    return sounds & _sung_in_mix(analysis.vocals, len(levels))


def _sung_in_mix(vocals: Sequence[Stretch], n_frames: int) -> npt.NDArray[np.bool_]:
    """Whether vocals are detected in the mix at each frame.

    The draft's vocals of an instrumental are 5 to 20 LU under the track, as loud as some voices. In
    the mix, a lead instrument differs from a voice by how its tones glide.
    """
    at_s = np.arange(n_frames) / LEVEL_RATE
    sung = np.zeros(n_frames, np.bool_)
    for one in vocals:
        sung |= (at_s >= one.start_s - MIX_MARGIN_S) & (at_s <= one.end_s + MIX_MARGIN_S)
    return sung


def _loud_db(levels: Floats) -> float:
    """Level of the loud moments: the 95th percentile of frames that are not silent."""
    sounding = levels[levels > -70.0]
    return float(np.percentile(sounding, 95)) if len(sounding) else 0.0


def room_part(vocals: MashupTrack, under: MashupTrack) -> FitPart:
    """Rate whether the instruments leave room for the voice in the spectrum."""
    if vocals.stems and under.stems:
        return _measured_room(vocals, under)
    analysis = under.deck.analysis
    if analysis is None:
        return FitPart(name="room", score=0.5, reason=f"{under.title} is not analysed yet")
    score = 0.4 + 0.6 * (1.0 - min(sung_share(under), 1.0)) * min(0.5 + analysis.bass_share, 1.0)
    free = 100.0 * (1.0 - min(sung_share(under), 1.0))
    reason = f"{under.title} has no vocals"
    if free < 99.5:
        reason += f" in {free:.0f} % of its time"
    return FitPart(name="room", score=score, reason=reason)


def _measured_room(vocals: MashupTrack, under: MashupTrack) -> FitPart:
    """Rate how far the voice exceeds the instruments, weighted by its power in each band."""
    voice = vocals.stems.get("vocals")
    if voice is None or voice.silent:
        return FitPart(name="room", score=0.5, reason="without a voice no room is needed")
    band = instrument_bands(under)
    edges = np.array(BANDS_HZ)
    inside = (edges[:-1] >= VOICE_HZ[0] - 60.0) & (edges[1:] <= VOICE_HZ[1])
    sung = np.asarray(voice.bands)[inside]
    played = band[inside] if band is not None else np.zeros(int(inside.sum()))
    over_db = 10.0 * np.log10((sung + 1e-4) / (played + 1e-4))
    clear = np.clip(0.5 + over_db / (2.0 * _MASKING_DB), 0.0, 1.0)
    score = float(clear @ sung / max(float(sung.sum()), 1e-9))
    share = 100.0 * float(played.sum())
    reason = f"{share:.0f} % of {under.title}'s power lies in a voice's range (200 to 4000 Hz)"
    return FitPart(name="room", score=0.2 + 0.8 * score, reason=reason)


_INSTRUMENTS: tuple[StemName, ...] = ("drums", "bass", "other", "guitar", "piano")


def instrument_bands(track: MashupTrack) -> Floats | None:
    """Share of the instruments' power in each band; None without instruments."""
    stems = [track.stems[stem] for stem in _INSTRUMENTS if track.plays(stem)]
    if not stems:
        return None
    powers = np.array([10.0 ** (facts.loudness_lufs / 10.0) for facts in stems])
    bands = np.array([facts.bands for facts in stems])
    return np.asarray(powers @ bands / powers.sum())


def power_lufs(*lufs: float) -> float:
    """Loudness of several uncorrelated sounds together."""
    return 10.0 * math.log10(max(sum(10.0 ** (one / 10.0) for one in lufs), 1e-12))


@dataclass(frozen=True, slots=True)
class VocalPhrases:
    """The phrases of a voice, as ``(start, end)`` in seconds of its track, and its levels."""

    phrases: tuple[Span, ...]
    levels_db: Floats

    @classmethod
    def of(cls, track: MashupTrack, facts: StemFacts) -> VocalPhrases:
        """Find the phrases in a vocal stem."""
        sings = sung_frames(track, facts)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], sings.astype(np.int8), [0]])))
        phrases: list[Span] = []
        for start_s, end_s in (edges / LEVEL_RATE).reshape(-1, 2).tolist():
            if phrases and start_s - phrases[-1][1] < BREATH_S:
                start_s = phrases.pop()[0]
            phrases.append((start_s, end_s))
        kept = tuple(phrase for phrase in phrases if phrase[1] - phrase[0] >= SHORTEST_S)
        return cls(kept, np.asarray(facts.levels_db, np.float64))

    def entry_s(self, at_s: float, reach_s: float) -> float:
        """Where to cut in for bars that begin at ``at_s``: up to ``reach_s`` earlier."""
        phrase = self._phrase_at(at_s)
        if phrase is None:
            return at_s
        if phrase[0] >= at_s - reach_s:
            return phrase[0] - MARGIN_S
        return self._quietest(at_s, min(QUIETEST_S, reach_s))

    def exit_s(self, at_s: float, reach_s: float) -> float:
        """Where to cut out at the end of bars: a last word may finish within ``reach_s``.

        A pick-up to a phrase that is not played is cut off.
        """
        phrase = self._phrase_at(at_s)
        if phrase is None:
            return at_s
        start_s, end_s = phrase
        if start_s >= at_s - reach_s and end_s - at_s > at_s - start_s:
            return start_s - MARGIN_S
        if end_s <= at_s + reach_s:
            return end_s + MARGIN_S
        return self._quietest(at_s, min(QUIETEST_S, reach_s))

    def _phrase_at(self, at_s: float) -> Span | None:
        """The phrase at a position; one that just ends or begins there does not count."""
        inside = (p for p in self.phrases if p[0] < at_s - MARGIN_S and p[1] > at_s + MARGIN_S)
        return next(inside, None)

    def _quietest(self, at_s: float, reach_s: float) -> float:
        """The quietest moment near a position, mostly between two syllables."""
        first = max(round((at_s - reach_s) * LEVEL_RATE), 0)
        near = self.levels_db[first : round((at_s + reach_s) * LEVEL_RATE) + 1]
        return (first + int(np.argmin(near))) / LEVEL_RATE if len(near) else at_s
