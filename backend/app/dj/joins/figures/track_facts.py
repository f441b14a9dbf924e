"""Compute what a join's stretch of one track says, once for all candidates that use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from ....contract.analysis import Cue
from ...deck import DeckTrack, Grid
from ..shapes.stem_swap import shares_within

Shares = tuple[tuple[float, float], ...]

_NEAR_S = 0.1  # rounding may put a cue or a section this far from its bar


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """The figures of one track between two seconds of it.

    ``toneless`` and ``sung`` are shares of the stretch; ``on_phrase`` is None if the metre is
    unknown.
    """

    confidences: tuple[float, float]  # in beats and in bars
    toneless: Shares
    sung: Shares
    on_phrase: bool | None
    half_phrase: bool
    score: float  # of the cue point at its beginning, 0 to 1
    section_begins: bool  # whether a section begins where the stretch ends
    voice_cut_off: bool  # whether the stretch ends during a sung phrase


Lookup = Callable[[float, float, int | None], TrackFacts]
"""Finds the figures from one second to another; the stretch begins with a bar, if known."""


def lookup_of(track: DeckTrack, grid: Grid | None, *, outgoing: bool) -> Lookup:
    """Return a lookup that remembers its answers."""

    @cache
    def look_up(start_s: float, end_s: float, bar: int | None) -> TrackFacts:
        known = track.analysis
        if known is None:
            return TrackFacts((0.0, 0.0), (), (), None, False, _score([], start_s), False, False)
        return TrackFacts(
            confidences=grid.confidences(start_s, end_s) if grid else (0.0, 0.0),
            toneless=tuple(shares_within(known.harmony.toneless, start_s, end_s)),
            sung=tuple(shares_within(known.vocals, start_s, end_s)),
            on_phrase=_on_phrase(grid, bar),
            half_phrase=grid is not None and bar is not None and grid.on_half_phrase(bar),
            score=_score(known.cue_outs if outgoing else known.cue_ins, start_s),
            section_begins=any(abs(part.start_s - end_s) < _NEAR_S for part in known.sections),
            voice_cut_off=any(
                v.start_s < end_s - 0.5 and v.end_s > end_s + 0.5 for v in known.vocals
            ),
        )

    return look_up


def _on_phrase(grid: Grid | None, bar: int | None) -> bool | None:
    if grid is None or bar is None or not grid.analysis.rhythm.metre_is_known:
        return None
    return grid.on_phrase(bar)


def _score(cues: list[Cue], at_s: float) -> float:
    """Score of the cue point at a position; 0.2 if there is no cue point."""
    return max((cue.score for cue in cues if abs(cue.at_s - at_s) < _NEAR_S), default=0.2)
