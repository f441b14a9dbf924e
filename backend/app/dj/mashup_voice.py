"""Where a voice is cut in and out: with its pick-up, and between words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..analysis.stem_ear import LEVEL_RATE, StemFacts
from .mashup_deck import MashupTrack
from .mashup_room import sung_frames

BREATH_S = 0.25
"""A shorter rest lies within a phrase."""

SHORTEST_S = 0.12
"""What is shorter is no word."""

ROOM_S = 0.03
"""Left before the first and after the last sound: consonants begin and end softly."""

QUIETEST_S = 0.25
"""So far from a place a softer moment is looked for: half a beat."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice: its phrases, as ``(start, end)`` in seconds of its track, and its levels."""

    phrases: tuple[Span, ...]
    levels_db: npt.NDArray[np.float64]

    @classmethod
    def of(cls, track: MashupTrack, facts: StemFacts) -> Voice:
        """The phrases that are heard in a stem."""
        sings = sung_frames(track, facts)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], sings.astype(np.int8), [0]])))
        phrases: list[Span] = []
        for start_s, end_s in (edges / LEVEL_RATE).reshape(-1, 2).tolist():
            if phrases and start_s - phrases[-1][1] < BREATH_S:
                start_s = phrases.pop()[0]
            phrases.append((start_s, end_s))
        kept = tuple(phrase for phrase in phrases if phrase[1] - phrase[0] >= SHORTEST_S)
        return cls(kept, np.asarray(facts.levels_db, np.float64))

    def enters(self, at_s: float, reach_s: float) -> float:
        """Where to come in for bars that begin at ``at_s``: up to ``reach_s`` earlier."""
        held = self._over(at_s)
        if held is None:
            return at_s
        if held[0] >= at_s - reach_s:
            return held[0] - ROOM_S
        return self._quietest(at_s, min(QUIETEST_S, reach_s))

    def leaves(self, at_s: float, reach_s: float) -> float:
        """Where to go out at the end of bars: a last word may finish within ``reach_s``.

        A pick-up to what is not heard any more is not begun.
        """
        held = self._over(at_s)
        if held is None:
            return at_s
        start_s, end_s = held
        if start_s >= at_s - reach_s and end_s - at_s > at_s - start_s:
            return start_s - ROOM_S
        if end_s <= at_s + reach_s:
            return end_s + ROOM_S
        return self._quietest(at_s, min(QUIETEST_S, reach_s))

    def _over(self, at_s: float) -> Span | None:
        """The phrase that is being sung at a moment; one that ends or begins there is not."""
        inside = (p for p in self.phrases if p[0] < at_s - ROOM_S and p[1] > at_s + ROOM_S)
        return next(inside, None)

    def _quietest(self, at_s: float, reach_s: float) -> float:
        """The softest moment near a place: between two syllables, mostly."""
        first = max(round((at_s - reach_s) * LEVEL_RATE), 0)
        near = self.levels_db[first : round((at_s + reach_s) * LEVEL_RATE) + 1]
        return (first + int(np.argmin(near))) / LEVEL_RATE if len(near) else at_s
