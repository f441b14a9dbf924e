"""``python -m bench.bars.fit_confidence``: fit the confidence in beats and bars.

Parts of about eight bars are examples. A song's grid is found with weights of cues that were fitted
without its group (genre or artist), and each group's confidence is computed without the group.
Composed and real music count the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from backend.app.analysis.rhythm.confidence import lead_feature, pulse_feature
from backend.app.analysis.rhythm.onsets import Floats
from backend.app.analysis.rhythm.track_grid import find_track_grid

from ..mir.reliability import Curve, curve_table, reliability
from ..real.reference import real_tracks
from .confidence_examples import examples_of, truth_of_song, truth_of_track
from .fit import RIDGE, all_windows
from .logit import fit_weights
from .songs import folders_songs, spectra_of

L2 = 3.0  # half of this times the squared slope is subtracted


@dataclass(frozen=True, slots=True)
class Part:
    """An example with its features; ``bars_right`` is not a number where bars are not known."""

    kind: str
    group: str
    seconds: float
    pulse: float
    on_beat: float
    on_bar: float
    lead: float
    beats_right: float
    bars_right: float = field(default=float("nan"))


def main() -> None:
    """Find all grids, fit with each group left out, and print curves and constants."""
    parser = argparse.ArgumentParser(prog="python -m bench.bars.fit_confidence")
    parser.add_argument("--songs", type=Path, nargs="+", required=True)
    parser.add_argument("--music", type=Path, required=True)
    options = parser.parse_args()
    parts = list(all_parts(options.songs, options.music))
    left_out = np.zeros((len(parts), 2))
    for group in dict.fromkeys(part.group for part in parts):
        inside = np.array([part.group == group for part in parts])
        model = fitted([part for part in parts if part.group != group])
        left_out[inside] = stated(model, [part for part in parts if part.group == group])
    for kind in ("real", "composed"):
        print(curve_table(f"{kind}, left out", _curves(kind, parts, left_out)))
    print("pulse slope, bias, bar slope, bias:", np.round(fitted(parts), 2).tolist())


def all_parts(songs: Sequence[Path], music: Path) -> Iterator[Part]:
    """Find the grids of all songs, without the help of their own group, and judge their parts."""
    windows, shares = all_windows(songs, music)
    named = [("composed", s, s.genre, truth_of_song(s)) for s in folders_songs(songs)]
    real = [("real", t, t.artist, truth_of_track(t)) for t in real_tracks(music)]
    weights: dict[str, Floats] = {}
    for kind, song, group, truth in [*named, *real]:
        if group not in weights:
            rest = [i for i, window in enumerate(windows) if window.group != group]
            weights[group] = fit_weights([windows[i] for i in rest], shares[rest], RIDGE)
        found = find_track_grid(spectra_of(song.samples()), weights[group])
        for grid in found.parts if found else []:
            for one in examples_of(song.name, group, grid, truth):
                yield Part(
                    kind=kind,
                    group=group,
                    seconds=one.seconds,
                    pulse=pulse_feature(grid.pulse_strength),
                    on_beat=grid.on_beat(one.first, one.last),
                    on_bar=grid.on_bar(one.first, one.last),
                    lead=lead_feature(grid.lead_of_bars(one.first, one.last)),
                    beats_right=one.beats_right,
                    bars_right=float("nan") if one.bars_right is None else one.bars_right,
                )


def fitted(parts: Sequence[Part]) -> Floats:
    """Return slope and bias of the pulse, and slope and bias of the bars."""
    share = _shares(parts)
    pulse, on_beat = (np.array([getattr(p, n) for p in parts]) for n in ("pulse", "on_beat"))
    beats = np.array([part.beats_right for part in parts])
    bars = np.array([part.bars_right for part in parts])
    leads = np.array([part.lead for part in parts])
    known = ~np.isnan(bars)
    return np.concatenate(
        [
            _logistic(pulse, on_beat, beats, share),
            _logistic(leads[known], np.ones(known.sum()), bars[known], share[known]),
        ]
    )


def _shares(parts: Sequence[Part]) -> Floats:
    """Weigh parts by their length, and both kinds the same."""
    seconds = np.array([part.seconds for part in parts])
    for kind in ("real", "composed"):
        of_kind = np.array([part.kind == kind for part in parts])
        seconds[of_kind] /= max(seconds[of_kind].sum(), 1e-9)
    return np.asarray(seconds * len(parts) / 2.0)


def _logistic(feature: Floats, most: Floats, right: Floats, share: Floats) -> Floats:
    """Fit ``most / (1 + exp(-(slope * feature + bias)))`` to shares that are right."""

    def loss(model: Floats) -> float:
        chance = most / (1.0 + np.exp(-(model[0] * feature + model[1])))
        chance = np.clip(chance, 1e-6, 1.0 - 1e-6)
        likelihood = right * np.log(chance) + (1.0 - right) * np.log(1.0 - chance)
        return float(0.5 * L2 * model[0] ** 2 - share @ likelihood)

    return np.asarray(minimize(loss, np.zeros(2), method="BFGS").x)


def stated(model: Floats, parts: Sequence[Part]) -> Floats:
    """Return the confidences in beats and bars of parts, ``(n, 2)``."""
    pulse, on_beat = (np.array([getattr(p, n) for p in parts]) for n in ("pulse", "on_beat"))
    leads = np.array([part.lead for part in parts])
    beats = on_beat / (1.0 + np.exp(-(model[0] * pulse + model[1])))
    bars = np.minimum(1.0 / (1.0 + np.exp(-(model[2] * leads + model[3]))), beats)
    bars = np.minimum(bars, [part.on_bar for part in parts])
    return np.stack([beats, bars], axis=1)


def _curves(kind: str, parts: Sequence[Part], said: Floats) -> dict[str, Curve]:
    of_kind = [i for i, part in enumerate(parts) if part.kind == kind]
    with_bars = [i for i in of_kind if not np.isnan(parts[i].bars_right)]
    return {
        name: reliability(
            said[chosen, column].tolist(),
            [parts[i].seconds for i in chosen],
            [getattr(parts[i], right) for i in chosen],
        )
        for column, (name, right, chosen) in enumerate(
            (("beats", "beats_right", of_kind), ("bars", "bars_right", with_bars))
        )
    }


if __name__ == "__main__":
    main()
