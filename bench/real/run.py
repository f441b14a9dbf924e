"""``python -m bench.real``: compare Segue's beats and bars with two analysers on real tracks."""

from __future__ import annotations

import argparse
import json
import os
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from backend.app.analysis.track import analyse
from backend.app.contract.analysis import Rhythm
from backend.app.dsp.samples import SAMPLE_RATE

from .reference import RealTrack, real_tracks
from .scores import Heard, TrackScore, score
from .table import LEGEND, Row, error_lines, totals_line, track_table

BLOCK_S = 10.0


def main() -> None:
    """Analyse all tracks of a folder, score, and print tables."""
    options = _parse()
    tracks = real_tracks(options.music)
    pool_of = options.processes, get_context("spawn"), _warm_up
    with ProcessPoolExecutor(*pool_of) as pool:
        rows = list(map(Row, tracks, pool.map(analyse_and_score, tracks)))
    print(LEGEND)
    if options.each:
        print(f"\n{track_table(rows)}")
    print(f"\n{totals_line(rows)}\n{error_lines(rows)}")
    if options.json:
        report = [{"track": row.track.name, **asdict(row.scores)} for row in rows]
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.real", description=__doc__)
    parser.add_argument(
        "--music", type=Path, required=True,
        help="a folder of tracks with reference/NAME.json for each (see reference.py)",
    )  # fmt: skip
    parser.add_argument("--each", action="store_true", help="also print every track")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser.parse_args()


def _warm_up() -> None:
    """Analyse some noise, so that imports and caches count in no track's CPU seconds."""
    analyse([np.random.default_rng(1).normal(0.0, 0.1, (2, 441_000)).astype(np.float32)])


def analyse_and_score(track: RealTrack) -> TrackScore:
    """Analyse a track as the product does; CPU seconds exclude decoding."""
    samples = track.samples()
    step = round(BLOCK_S * SAMPLE_RATE)
    began_s = _cpu_s()
    found, _ = analyse(samples[:, at : at + step] for at in range(0, samples.shape[1], step))
    return score(track.stretches, heard_in(found.rhythm, _cpu_s() - began_s))


def heard_in(rhythm: Rhythm, cpu_s: float = 0.0) -> Heard:
    """Convert a rhythm to one value a beat."""
    beats_s = np.asarray(rhythm.beats_s, float)
    index, downbeats = np.arange(len(beats_s)), np.asarray(rhythm.downbeats or [0])
    bar = np.maximum(np.searchsorted(downbeats, index, side="right") - 1, 0)
    positions = (index - downbeats[bar]) % rhythm.beats_per_bar
    at_beat = [rhythm.stretches_between(at_s, at_s + 1e-3)[0] for at_s in rhythm.beats_s]
    return Heard(
        beats_s=beats_s,
        bar_positions=positions,
        beats_per_bar=rhythm.beats_per_bar,
        beat_confidence=np.array([one.confidence for one in at_beat]),
        bar_confidence=np.array([one.downbeat_confidence for one in at_beat]),
        cpu_s=cpu_s,
    )


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
