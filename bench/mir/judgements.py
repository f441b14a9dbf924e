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
    beats = _within(song.beats(), stated), _within(np.array(detected.beats_s), stated)
    bars = _within(song.downbeats(), stated), _within(np.array(detected.downbeats_s or ()), stated)
    length_s = stated.end_s - stated.start_s
    key_right = min(1.0, key_share(song, detected, stated.start_s, stated.end_s))
    return [
        Judgement("beat 35 ms", stated.beat, length_s, share_right(*beats, CLOSE_S)),
        Judgement("beat 70 ms", stated.beat, length_s, share_right(*beats, FOUND_S)),
        Judgement("bar 70 ms", stated.bar, length_s, share_right(*bars, FOUND_S)),
        Judgement("key", stated.key, length_s, key_right),
    ]


def _within(times: Times, stated: Stated) -> Times:
    return np.asarray(times[(times >= stated.start_s) & (times < stated.end_s)])


def share_right(truth: Times, detected: Times, window_s: float) -> float:
    """Share of beats that are right: of the true ones found, or of the detected ones that are true.

    The smaller one counts, so a grid at half or double the tempo is half right, and one that is
    half a beat off is wrong. With no beats in the truth, no detected beat is right.
    """
    if not len(truth) or not len(detected):
        return float(len(truth) == len(detected))
    matched = len(mir_eval.util.match_events(truth, detected, window_s))
    return float(matched / max(len(truth), len(detected)))


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
