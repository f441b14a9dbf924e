"""``python -m bench.keys.fit``: refit the confidence in keys, and print how reliable it is.

Each group (genre, or artist of a real track) is rated by a fit without it. Each folder of songs and
the real tracks count the same. "By chance" is the mean calibration error of as many tracks whose
confidences are exactly right: a smaller one cannot be told from it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from backend.app.analysis.harmony.key import estimate_tuning
from backend.app.analysis.harmony.key_evidence import (
    MOST_CLARITY,
    USUAL_CLARITY,
    key_scores,
    music_of,
)
from backend.app.analysis.harmony.track_key import estimate_key, group_starts
from backend.app.analysis.spectral_peaks import Floats
from backend.app.contract.analysis import KEY_NAMES

from ..mir.reliability import reliability
from .measured import Measured, measured_songs

RIDGE = 0.1  # half of this times the squared weights is subtracted
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Stated:
    """A key as stated; the features are the log of its lead, times the clarity, and 1."""

    song: Measured
    key: int
    confidence: float
    second: int
    lead_nats: float
    features: tuple[float, float, float]

    @property
    def right(self) -> bool:
        return self.key in self.song.keys


def main() -> None:
    """Print each wrong key, the calibration of stated and of refitted confidences, and the fit."""
    parser = argparse.ArgumentParser(prog="python -m bench.keys.fit")
    parser.add_argument("--songs", type=Path, nargs="*", default=[])
    parser.add_argument("--music", type=Path)
    parser.add_argument("--kept-in", type=Path, default=Path("build/keys"))
    options = parser.parse_args()
    songs = measured_songs(options.songs, options.music, options.kept_in)
    rows = [one for song in songs if song.keys and (one := stated(song)) is not None]
    for row in rows:
        if not row.right:
            print(_line(row))
    print("without the group     ", _totals(rows, left_out(rows)))
    print("as stated             ", _totals(rows, np.array([row.confidence for row in rows])))
    print("SURE, SURE_IF_CLEAR, TIE:", np.round(fitted(rows) * (1.0, 10.0, 1.0), 2).tolist())


def stated(song: Measured) -> Stated | None:
    """Estimate a song's key as the product does; None if none is stated."""
    found = estimate_key(song.pitches, song.rhythm)
    if found.key is None:
        return None
    music = music_of(song.pitches, estimate_tuning(song.pitches.bass + song.pitches.treble))
    scores = key_scores(music, group_starts(song.rhythm))
    second, best = (int(at) for at in np.argsort(scores)[-2:])
    lead_nats = float(scores[best] - scores[second])
    slope = float(np.log1p(lead_nats))
    clarity = 10.0 * (min(music.clarity, MOST_CLARITY) - USUAL_CLARITY)
    key = KEY_NAMES.index(found.key)
    features = (slope, slope * clarity, 1.0)
    return Stated(song, key, found.confidence, second, lead_nats, features)


def left_out(rows: list[Stated]) -> Floats:
    """Return each key's confidence by a fit without its group."""
    said = np.zeros(len(rows))
    features = np.array([row.features for row in rows])
    for group in {row.song.group for row in rows}:
        inside = np.array([row.song.group == group for row in rows])
        model = fitted([row for row in rows if row.song.group != group])
        said[inside] = _logistic(features[inside] @ model)
    return said


def fitted(rows: list[Stated]) -> Floats:
    """Fit the three weights of the features, each kind of song counting the same."""
    features = np.array([row.features for row in rows])
    right = np.array([row.right for row in rows], float)
    kinds = [row.song.kind for row in rows]
    share = np.array([len(rows) / len(set(kinds)) / kinds.count(kind) for kind in kinds])

    def loss(model: Floats) -> float:
        chance = np.clip(_logistic(features @ model), 1e-6, 1.0 - 1e-6)
        likelihood = right * np.log(chance) + (1.0 - right) * np.log(1.0 - chance)
        return float(0.5 * RIDGE * model @ model - share @ likelihood)

    return np.asarray(minimize(loss, np.zeros(3), method="BFGS").x)


def by_chance(confidences: Floats) -> float:
    """Return the mean calibration error if the confidences are exactly right."""
    rng = np.random.default_rng(1)
    draws = rng.random((DRAWS, len(confidences))) < confidences
    return float(np.mean([_error(confidences, draw.astype(float)) for draw in draws]))


def _error(confidences: Floats, right: Floats) -> float:
    return reliability(confidences.tolist(), [1.0] * len(right), right.tolist()).ece or 0.0


def _totals(rows: list[Stated], said: Floats) -> str:
    cells = []
    for kind in dict.fromkeys(row.song.kind for row in rows):
        chosen = np.array([row.song.kind == kind for row in rows])
        right = np.array([row.right for row in rows], float)[chosen]
        squared = float(np.square(said[chosen] - right).mean())
        cells.append(
            f"{kind}: {right.sum():.0f} of {len(right)} right, mean {said[chosen].mean():.2f}, "
            f"ECE {_error(said[chosen], right):.3f} (by chance {by_chance(said[chosen]):.3f}), "
            f"Brier {squared:.3f}"
        )
    return "; ".join(cells)


def _line(row: Stated) -> str:
    truth = " or ".join(KEY_NAMES[key] for key in sorted(row.song.keys))
    return (
        f"{row.song.name}: {KEY_NAMES[row.key]} at {row.confidence:.2f}, reference {truth}, "
        f"next {KEY_NAMES[row.second]} ({row.lead_nats:.1f} nats)"
    )


def _logistic(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


if __name__ == "__main__":
    main()
