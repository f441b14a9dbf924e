"""Judge each stretch of a song for which a tool states its confidence: right, or what share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import mir_eval
import numpy as np

from .contestants import Detected, Stated
from .corpus import MirSong, Times
from .reliability import Curve, reliability
from .stretches import key_share

# Two beats within 35 ms sound like one hit; 70 ms is mir_eval's tolerance.
CLOSE_S, FOUND_S = 0.035, 0.070


@dataclass(frozen=True, slots=True)
class Judgement:
    """A stated confidence, its stretch's length, and the share of it that is right.

    ``subject`` is what was judged: "beat 35 ms", "beat 70 ms", "bar 70 ms" or "key".
    """

    subject: str
    confidence: float
    weight_s: float
    right: float


def judge(song: MirSong, detected: Detected) -> list[Judgement]:
    """Judge all stretches of a song for which a tool states a confidence."""
    return [judgement for stated in detected.stated for judgement in _judge(song, detected, stated)]


def _judge(song: MirSong, detected: Detected, stated: Stated) -> list[Judgement]:
    start_s, end_s = stated.start_s, stated.end_s
    beats = song.beats(), np.array(detected.beats_s)
    bars = song.downbeats(), np.array(detected.downbeats_s or ())
    return [
        Judgement(subject, confidence, end_s - start_s, right)
        for subject, confidence, right in (
            ("beat 35 ms", stated.beat, share_right(*beats, CLOSE_S, start_s, end_s)),
            ("beat 70 ms", stated.beat, share_right(*beats, FOUND_S, start_s, end_s)),
            ("bar 70 ms", stated.bar, share_right(*bars, FOUND_S, start_s, end_s)),
            ("key", stated.key, min(1.0, key_share(song, detected, start_s, end_s))),
        )
    ]


def share_right(
    truth: Times, detected: Times, window_s: float, start_s: float, end_s: float
) -> float:
    """Share of the beats between two times that are right.

    Of the true beats found and of the detected beats that are true, the smaller share counts: a
    grid at half or double the tempo is half right, and one half a beat off is wrong. A beat at an
    edge may match one beyond it. With no true beats, no detected beat is right.
    """
    within = [times[(times >= start_s) & (times < end_s)] for times in (truth, detected)]
    if not len(within[0]) or not len(within[1]):
        return float(len(within[0]) == len(within[1]))
    return min(_found(within[0], detected, window_s), _found(within[1], truth, window_s))


def _found(events: Times, others: Times, window_s: float) -> float:
    """Share of events that match another one each."""
    near = others[(others >= events[0] - window_s) & (others <= events[-1] + window_s)]
    return float(len(mir_eval.util.match_events(events, near, window_s)) / len(events))


def curves(judgements: Iterable[Judgement]) -> dict[str, Curve]:
    """Compute one reliability curve per subject."""
    rows = list(judgements)
    by_subject = {
        subject: [row for row in rows if row.subject == subject]
        for subject in dict.fromkeys(row.subject for row in rows)
    }
    return {
        subject: reliability(
            [row.confidence for row in of],
            [row.weight_s for row in of],
            [row.right for row in of],
        )
        for subject, of in by_subject.items()
    }
