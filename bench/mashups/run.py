"""``python -m bench.mashups``: measure rendered mashups of composed songs.

Analysis and planning are real; true stems replace the separation.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path

import numpy as np

from backend.app.contract.mashups import VIBES, Vibe
from backend.app.dj.deck import MashupTrack
from backend.app.dj.mashup.fit import fits

from .crate import SEEDS, MashupSong, composed, tracks_of
from .measure import (
    BeatsMeasured,
    PartLevels,
    SoundMeasured,
    Times,
    audible_differences,
    could_be_in_tune,
    measure_beats,
    measure_sound,
    steps_lu,
    true_distance,
)
from .mix import play_mashup

KEPT_IN = Path(__file__).parents[2] / "build" / "mashups"

LEGEND = """\
voice, drums: how far the true notes of the singer and the true beats of the drums sound from the
mashup's beats, ms: median / 95th percentile of the errors, and the median with its sign. n: notes
that strike clearly, of all that are sung. bars: attacks whose true bar falls on a bar. cuts: ends
of sung clips, and how many of them cut a note."""


@dataclass(frozen=True)
class _Task:
    """A mashup to be played and measured."""

    songs: list[MashupSong]
    tracks: list[MashupTrack]
    vibe: Vibe
    mastered: bool


def main() -> None:
    """Compose, analyse, plan, render, measure, print."""
    options = _parse()
    songs = composed(options.kept_in, options.half, options.songs, options.processes)
    tracks = tracks_of(songs, options.processes)
    print(_keys(songs, tracks), flush=True)
    crates = _crates(options.songs, options.mashups)
    with ProcessPoolExecutor(options.processes) as pool:
        tasks = [_task(songs, tracks, crate, i) for i, crate in enumerate(crates)]
        if tasks:
            _print_beats(list(zip(tasks, pool.map(_beats, tasks), strict=True)))
        for crate in _alike(songs, options.vibes):
            tasks = [_task(songs, tracks, crate, i, mastered=True) for i in range(len(VIBES))]
            _print_vibes(tasks[0], list(pool.map(_sound, tasks)))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mashups", description=__doc__)
    parser.add_argument("--songs", type=int, default=12, help="number of songs")
    parser.add_argument("--mashups", type=int, default=12, help="mashups to measure")
    parser.add_argument("--vibes", type=int, default=2, help="crates to render in every vibe")
    parser.add_argument("--half", choices=[*SEEDS], default="tuning")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help="folder for composed songs")
    return parser.parse_args()


def _crates(n_songs: int, n: int) -> list[tuple[int, ...]]:
    """Draw random groups of two, three, four and one songs in turn."""
    dice = np.random.default_rng(5)
    sizes = [(2, 3, 4, 1)[i % 4] for i in range(n)]
    return [tuple(int(i) for i in dice.choice(n_songs, size, replace=False)) for size in sizes]


def _alike(songs: Sequence[MashupSong], n: int) -> list[tuple[int, ...]]:
    """Return pairs of songs of similar tempo, which suit every vibe."""
    order = np.argsort([song.tempo_bpm for song in songs])
    middle = [tuple(int(i) for i in order[at : at + 2]) for at in range(1, len(songs) - 2, 3)]
    return middle[:n]


def _task(
    songs: Sequence[MashupSong],
    tracks: Sequence[MashupTrack],
    crate: Sequence[int],
    turn: int,
    *,
    mastered: bool = False,
) -> _Task:
    vibe = VIBES[turn % len(VIBES)]
    return _Task([songs[i] for i in crate], [tracks[i] for i in crate], vibe, mastered)


def _keys(songs: Sequence[MashupSong], tracks: Sequence[MashupTrack]) -> str:
    """Describe how far apart the pairs' true keys are after the planned pitch change."""
    by_name = {song.name: song for song in songs}
    moves = {(p.vocals, p.instrumental): p.pitch_semitones for p in fits(tracks, "upbeat").pairs}
    allowed = [pair for pair in permutations(songs, 2) if could_be_in_tune(*pair)]
    after = [
        true_distance(by_name[one.name], by_name[two.name], moves[one.name, two.name])
        for one, two in allowed
    ]
    before = [true_distance(one, two, 0) for one, two in allowed]
    near = [np.mean(np.array(steps) <= 1) for steps in (before, after)]
    return (
        f"keys: of {len(allowed)} pairs that 2 semitones allow to be within a step,"
        f" {100 * near[1]:.1f} % are ({100 * near[0]:.1f} % with nothing moved)"
    )


def _beats(task: _Task) -> BeatsMeasured:
    with tempfile.TemporaryDirectory() as folder:
        return measure_beats(
            play_mashup(task.songs, task.tracks, task.vibe, Path(folder), mastered=False)
        )


def _sound(task: _Task) -> SoundMeasured:
    with tempfile.TemporaryDirectory() as folder:
        return measure_sound(
            play_mashup(task.songs, task.tracks, task.vibe, Path(folder), mastered=True)
        )


def _print_beats(rows: Sequence[tuple[_Task, BeatsMeasured]]) -> None:
    print(f"\n{LEGEND}\n\n{'songs':58}{'vibe':11}{'voice ms':>18}{'n':>9}{'drums ms':>18}", end="")
    print(f"{'bars':>7}{'cuts':>8}")
    for task, results in rows:
        names = ", ".join(song.name[5:-7] for song in task.songs)
        _print_row(f"{names:58}{task.vibe:11}", [results])
    _print_row(f"{'all':58}{'':11}", [results for _, results in rows])


def _print_row(name: str, results: Sequence[BeatsMeasured]) -> None:
    voice = np.concatenate([one.voice_ms for one in results])
    drums = np.concatenate([one.drums_ms for one in results])
    bars = np.mean([one.bars_meet for one in results])
    sung, cuts = sum(one.n_sung for one in results), sum(one.n_cuts for one in results)
    print(f"{name}{_three(voice):>18}{f'{len(voice)}/{sung}':>10}{_three(drums):>18}", end="")
    print(f"{100 * bars:6.0f}%{f'{sum(one.cut_words for one in results)}/{cuts}':>8}", flush=True)


def _three(errors: Times) -> str:
    if not len(errors):
        return "-"
    off = np.abs(errors)
    return f"{np.median(off):.1f}/{np.percentile(off, 95):.1f} {np.median(errors):+.1f}"


def _print_vibes(task: _Task, results: Sequence[SoundMeasured]) -> None:
    print(f"\n{' and '.join(song.name for song in task.songs)}")
    print(f"{'vibe':11}{'s':>7}{'BPM':>8}{'found':>8}{'centroid':>10}{'< 150 Hz':>10}", end="")
    print(f"{'range LU':>10}{'LUFS':>8}{'asked':>7}{'dBTP':>7}{'room':>8}{'clicks':>8}")
    for one in results:
        print(
            f"{one.vibe:11}{one.duration_s:7.0f}{one.tempo_bpm:8.1f}{one.measured_bpm:8.1f}"
            f"{one.centroid_hz:10.0f}{100 * one.low_share:9.1f}%{one.loudness_range_lu:10.1f}"
            f"{one.lufs:8.1f}{one.asked_lufs:7.0f}{one.true_peak_dbtp:7.1f}"
            f"{100 * one.space_share:7.2f}%{one.n_clicks:8}",
            flush=True,
        )
    _print_contours(results)
    for one, other in combinations(results, 2):
        words = ", ".join(audible_differences(one, other)) or "nothing"
        print(f"  {other.vibe} differs audibly from {one.vibe} in: {words}", flush=True)


def _print_contours(results: Sequence[SoundMeasured]) -> None:
    """Print each vibe's contour: levels of its parts' first and last four bars."""
    print("contours: LUFS of the first and last four bars of each part; the largest steps up, down")
    for one in results:
        parts = " ".join(_part_levels(part) for part in one.contour)
        steps = steps_lu(one)
        print(f"  {one.vibe:11}{max(steps):+5.1f}{min(steps):+6.1f}  {parts}", flush=True)


def _part_levels(part: PartLevels) -> str:
    if part.levels_lufs is None:
        return f"{part.label} silent"
    first, last = part.levels_lufs
    return f"{part.label} {first:.1f}>{last:.1f}"
