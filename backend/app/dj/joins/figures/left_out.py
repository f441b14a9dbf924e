"""Find what a join leaves out of its two tracks."""

from __future__ import annotations

from dataclasses import dataclass

from ...deck import DeckTrack
from ...pair import Pair
from ..candidates import Candidate

WHOLE_S = 2.0
"""A track from which less is missing counts as whole: what is left of it is the decay of its last
chord, or of the sounds before its first beat."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Music that a join leaves out: the larger share of its two tracks, with its seconds.

    ``cut_s`` are the seconds that a track to be kept whole would lose; ``full`` says whether a
    chorus, a drop or another of the loudest sections would be lost.
    """

    share: float = 0.0
    seconds: float = 0.0
    cut_s: float = 0.0
    full: bool = False


NOTHING_LEFT_OUT = LeftOut()


def left_out_of(candidate: Candidate, pair: Pair) -> LeftOut:
    """Find what a candidate leaves out at the outgoing end and the incoming beginning."""
    out, into = pair.outgoing, pair.incoming
    out_s = max(out.music_end_s - candidate.out_end_s, 0.0)
    in_s = max(candidate.in_s - into.music_start_s, 0.0)
    share, seconds = max((out_s / pair.out_music_s, out_s), (in_s / pair.in_music_s, in_s))
    full_from, full_to = pair.full_parts_s
    return LeftOut(
        share,
        seconds,
        cut_s=max(out_s * out.keep_whole, in_s * into.keep_whole),
        full=candidate.out_end_s < full_from or candidate.in_s > full_to,
    )


def most_left_out_s(track: DeckTrack, share: float, music_s: float) -> float:
    """How many seconds of a track may be left out."""
    return WHOLE_S if track.keep_whole else max(share * music_s, WHOLE_S)
