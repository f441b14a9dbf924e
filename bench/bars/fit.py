"""``python -m bench.bars.fit``: fit the weights of the cues that tell where bars begin.

Each window of eight bars is an example. Real tracks count three times, since composed songs of
one genre resemble each other. Groups (genres, artists) are left out one by one to check the
weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from backend.app.analysis.rhythm.bar_path import BACKBEAT, DOWNBEAT, ON_BEAT

from ..real.reference import real_tracks
from .logit import fit_weights
from .songs import composed_examples, folders_songs, real_examples
from .windows import BarWindow, Floats, windows_of

RIDGE = 10.0
REAL_SHARE = 3.0


def main() -> None:
    """Collect windows, check with one group left out, and print the weights."""
    options = _parse()
    windows, shares = all_windows(options.songs, options.music)
    for kind, share in (("composed", 1.0), ("real", REAL_SHARE)):
        part = [window for window, own in zip(windows, shares, strict=True) if own == share]
        if part:
            print(f"{kind}: {len(part)} windows, {left_out_line(part, windows, shares)}")
    weights = fit_weights(windows, shares, RIDGE)
    ends = np.cumsum([len(ON_BEAT), len(DOWNBEAT)])
    for cues, of_cues in zip((ON_BEAT, DOWNBEAT, BACKBEAT), np.split(weights, ends), strict=True):
        print(", ".join(f"{cue} {weight:.2f}" for cue, weight in zip(cues, of_cues, strict=False)))


def all_windows(songs: Sequence[Path], music: Path | None) -> tuple[list[BarWindow], Floats]:
    """Collect the windows of folders of songs and a folder of real tracks, and their shares."""
    composed = [
        window
        for example in composed_examples(folders_songs(songs))
        for window in windows_of(*example)
    ]
    real = [
        window
        for example in real_examples(real_tracks(music) if music else [])
        for window in windows_of(*example)
    ]
    return composed + real, np.array([1.0] * len(composed) + [REAL_SHARE] * len(real))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.bars.fit", description=__doc__)
    parser.add_argument(
        "--songs", type=Path, nargs="+", required=True,
        help="folders of songs with a JSON file each, as bench.mir keeps them",
    )  # fmt: skip
    parser.add_argument("--music", type=Path, help="a folder of real tracks, see bench.real")
    return parser.parse_args()


def left_out_line(part: Sequence[BarWindow], windows: Sequence[BarWindow], shares: Floats) -> str:
    """Fit without each group in turn; format how many of its windows are then right."""
    beats, bars = [], []
    for group in dict.fromkeys(window.group for window in part):
        rest = [i for i, window in enumerate(windows) if window.group != group]
        weights = fit_weights([windows[i] for i in rest], shares[rest], RIDGE)
        for window in part:
            if window.group == group:
                best = int((window.evidence @ weights).argmax())
                beats.append(window.allowed[best % 2 :: 2].any())
                if window.allowed.sum() == 1:
                    bars.append(window.allowed[best])
    of_bars = f"{np.mean(bars):.3f}" if bars else "none known"
    return f"beats right in {np.mean(beats):.3f}, bars in {of_bars}"


if __name__ == "__main__":
    main()
