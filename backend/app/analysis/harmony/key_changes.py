"""Find the parts of a track between changes of key."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ...contract.analysis import KEY_NAMES, KeySection
from ..spectral_peaks import Floats
from .key_evidence import Bars, Music, confidence_in, key_scores
from .pitches import PITCH_RATE

WINDOW = round(12.0 * PITCH_RATE)  # six bars of 120 BPM: more than a turn of most progressions
HOP = round(4.0 * PITCH_RATE)
CHANGE_COST = 6.0  # in nats: as much as three windows of another key, or 12 s
MOST_NATS = -8.0  # a window says at most this much against a key: it may hold another chord
FEWEST_SHARED = 5
"""Keys that share more notes count as one: a key's neighbours share six of seven, so that a
bridge on other chords would be a change of key, and they mix as well."""
LEAST_CONFIDENCE = 0.7  # of a part in a key of its own
SHORTEST = round(12.0 * PITCH_RATE)

Path = npt.NDArray[np.int64]


def find_parts(music: Music, starts: Bars) -> list[KeySection]:
    """List the parts of a track in keys of their own; one part if the key does not change.

    ``starts`` are the bars that begin groups of four, in seconds.
    """
    edges = [0, *_path_changes(music), len(music.weights)]
    while True:
        parts = [_part(music, starts, first, end) for first, end in pairwise(edges)]
        weak = _weakest_edge(parts, edges)
        if weak is None:
            return parts
        edges.pop(weak)


def _weakest_edge(parts: list[KeySection], edges: list[int]) -> int | None:
    """Return the edge to remove: beside an unsure or short part, or between similar keys."""
    if len(parts) == 1:
        return None
    for at, (one, other) in enumerate(pairwise(parts)):
        if _similar(one.key, other.key):
            return at + 1
    unsure = min(range(len(parts)), key=lambda at: parts[at].confidence)
    short = min(range(len(parts)), key=lambda at: edges[at + 1] - edges[at])
    if parts[unsure].confidence >= LEAST_CONFIDENCE:
        unsure = short
        if edges[short + 1] - edges[short] >= SHORTEST:
            return None
    before, after = unsure, unsure + 1
    if unsure == 0 or unsure == len(parts) - 1:
        return after if unsure == 0 else before
    surer_before = parts[unsure - 1].confidence >= parts[unsure + 1].confidence
    return before if surer_before else after


def _part(music: Music, starts: Bars, first: int, end: int) -> KeySection:
    """Estimate the key between two moments."""
    part, start_s, end_s = music.between(first, end), first / PITCH_RATE, end / PITCH_RATE
    within = [(a - start_s, b - start_s) for a, b in starts if start_s <= a < end_s]
    scores = key_scores(part, within)
    return KeySection(
        start_s=round(start_s, 2),
        end_s=round(end_s, 2),
        key=KEY_NAMES[int(scores.argmax())],
        confidence=confidence_in(scores, part.clarity),
    )


def _path_changes(music: Music) -> list[int]:
    """List the moments at which the best path changes key, between the windows' centres."""
    windows = [
        music.between(at, at + WINDOW) for at in range(0, len(music.weights) - WINDOW + 1, HOP)
    ]
    if len(windows) < 2:
        return []
    # Windows without tones say little.
    scores = np.array([key_scores(part, []) * part.weights.mean() for part in windows])
    leads = scores - scores.max(axis=1, keepdims=True)
    path = _best_path(np.maximum(leads, MOST_NATS) * (HOP / WINDOW))
    changes = np.flatnonzero(np.diff(path)) + 1
    return [int((window - 0.5) * HOP + WINDOW / 2) for window in changes]


def _best_path(likely: Floats) -> Path:
    """Find the likeliest key of each window (Viterbi), ``(n_windows,)``."""
    score = likely[0]
    came_from = np.zeros(likely.shape, np.int64)
    keys = np.arange(likely.shape[1])
    for at in range(1, len(likely)):
        other = int(score.argmax())
        changes = score[other] - CHANGE_COST > score
        came_from[at] = np.where(changes, other, keys)
        score = np.maximum(score, score[other] - CHANGE_COST) + likely[at]
    path = np.empty(len(likely), np.int64)
    path[-1] = int(score.argmax())
    for at in range(len(likely) - 1, 0, -1):
        path[at - 1] = came_from[at, path[at]]
    return path


def _similar(one: str, other: str) -> bool:
    """Whether two keys share nearly all notes, or the tonic: a third alone is easily mistaken."""
    first, second = KEY_NAMES.index(one), KEY_NAMES.index(other)
    shared = len(_scale(first) & _scale(second))
    return first % 12 == second % 12 or shared > FEWEST_SHARED


def _scale(key: int) -> set[int]:
    """Return the pitch classes of a key's scale; a minor key has those of its relative."""
    tonic = key % 12 + 3 * (key >= 12)
    return {(tonic + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
