"""Parts of detected grids, with the features of their confidence and the share that is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backend.app.analysis.rhythm.grid_search import FoundGrid
from backend.app.analysis.rhythm.onsets import Floats

from ..mir.corpus import MirSong
from ..real.reference import RealTrack

CLOSE_S = 0.050
EDGE_S = 0.2  # a known stretch reaches this far beyond its first and last beat
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Truth:
    """Known beats, and the downbeats among them; ``spans`` are where they are known, in seconds."""

    beats_s: Floats = field(repr=False)
    downbeats_s: Floats = field(repr=False)
    spans: Spans
    bar_spans: Spans


@dataclass(frozen=True, slots=True)
class Example:
    """A part of a grid; ``bars_right`` is None where the bars are not known."""

    song: str
    group: str
    first: int
    last: int
    seconds: float
    beats_right: float
    bars_right: float | None


def examples_of(song: str, group: str, found: FoundGrid, truth: Truth) -> Iterator[Example]:
    """Judge the parts of a grid that lie where the truth is known."""
    for first, last in found.parts:
        start_s, end_s = float(found.beats_s[first]), float(found.beats_s[last - 1])
        if last - first < 2 or not _inside(start_s, end_s, truth.spans):
            continue
        step_s = float(np.median(np.diff(found.beats_s[first:last])))
        window = start_s - step_s / 4.0, end_s + step_s / 4.0
        beats = found.beats_s[first:last]
        bars = beats[found.places[first:last] == 0]
        known = _inside(start_s, end_s, truth.bar_spans)
        yield Example(
            song=song,
            group=group,
            first=first,
            last=last,
            seconds=end_s - start_s,
            beats_right=share_right(_cut(truth.beats_s, window), beats),
            bars_right=share_right(_cut(truth.downbeats_s, window), bars) if known else None,
        )


def _inside(start_s: float, end_s: float, spans: Spans) -> bool:
    """Whether four fifths of a part lie in the spans."""
    covered = sum(max(0.0, min(end_s, b) - max(start_s, a)) for a, b in spans)
    return covered > 0.8 * (end_s - start_s)


def _cut(times_s: Floats, window: tuple[float, float]) -> Floats:
    return np.asarray(times_s[(times_s >= window[0]) & (times_s <= window[1])])


def share_right(truth_s: Floats, found_s: npt.NDArray[np.float64]) -> float:
    """Share of the beats of the denser grid that have one of the other within 50 ms."""
    if not len(truth_s) or not len(found_s):
        return 0.0
    apart = np.abs(truth_s[:, None] - found_s[None, :])
    both = (apart.min(axis=1) <= CLOSE_S).sum(), (apart.min(axis=0) <= CLOSE_S).sum()
    return float(min(both) / max(len(truth_s), len(found_s)))


def truth_of_song(song: MirSong) -> Truth:
    """Return the truth of a composed song, known throughout."""
    span = [(song.beats_s[0] - EDGE_S, song.beats_s[-1] + EDGE_S)]
    return Truth(song.beats(), song.downbeats(), span, span)


def truth_of_track(track: RealTrack) -> Truth:
    """Return the agreed beats of a real track, and its bars where they are consistent."""
    if not track.stretches:
        return Truth(np.zeros(0), np.zeros(0), [], [])
    beats_s = np.concatenate([stretch.beats_s for stretch in track.stretches])
    places = np.concatenate([stretch.bar_positions for stretch in track.stretches])
    spans = [
        (float(stretch.beats_s[0]) - EDGE_S, float(stretch.beats_s[-1]) + EDGE_S)
        for stretch in track.stretches
    ]
    counted = np.concatenate([[False], places >= 0, [False]]).astype(int)
    runs = np.flatnonzero(np.diff(counted)).reshape(-1, 2)
    bar_spans = [(float(beats_s[a]) - EDGE_S, float(beats_s[b - 1]) + EDGE_S) for a, b in runs]
    return Truth(beats_s, beats_s[places == 0], spans, bar_spans)
