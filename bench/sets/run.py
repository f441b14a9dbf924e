"""``python -m bench.sets``: measure rendered DJ sets of composed songs or of music."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from backend.app.contract.dj import CheckJoins, DjRules
from backend.app.dj.deck import DeckTrack
from bench.mir.specs import SEEDS

from .crate import CRATES, SetSong, brought, brought_music, composed, decks_of
from .export import export
from .measure_joins import measure_joins
from .measure_sound import measure_sound
from .mix import play_set
from .table import LEGEND, SetMeasured, beats_table, joins_table, levels_table, sound_table

KEPT_IN = Path(__file__).parents[2] / "build" / "sets"


@dataclass(frozen=True)
class _Task:
    """A set to be played and measured."""

    name: str
    songs: list[SetSong]
    decks: list[DeckTrack]
    export_to: Path | None
    given_order: bool = False
    check_joins: CheckJoins = "default"


def main() -> None:
    """Compose songs, analyse, plan and render sets, measure, print."""
    options = _parse()
    tasks = list(_brought(options) if options.songs or options.music else _composed(options))
    sets = []
    with ProcessPoolExecutor(min(options.processes, len(tasks))) as pool:
        for measured in pool.map(_measured, tasks):
            sets.append(measured)
            if options.each:
                print(f"{joins_table(measured)}\n", flush=True)
    print(f"{LEGEND}\n\n{beats_table(sets)}\n\n{sound_table(sets)}\n\n{levels_table(sets)}")
    for one in sets:
        _print_faults(one)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sets", description=__doc__)
    parser.add_argument("--sets", nargs="+", type=int, default=[6, 12], help="songs of each set")
    parser.add_argument("--kinds", nargs="+", choices=[*CRATES], default=[*CRATES])
    parser.add_argument("--half", choices=[*SEEDS], default="tuning")
    parser.add_argument("--songs", type=Path, help="a folder of songs with a JSON file each")
    parser.add_argument("--music", type=Path, help="a folder of music without truth")
    parser.add_argument("--order", choices=["given", "found", "both"], default="found")
    parser.add_argument(
        "--check-joins", choices=["off", "default", "thorough"], default="default",
        help="whether joins are listened to before the set is rendered",
    )  # fmt: skip
    parser.add_argument("--each", action="store_true", help="also print every join")
    parser.add_argument("--export", type=Path, help="folder for mixes, plans and truths")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help="folder for composed songs")
    return parser.parse_args()


def _composed(options: argparse.Namespace) -> Iterator[_Task]:
    """Yield sets of each kind, which share no songs."""
    for kind in options.kinds:
        n, processes = sum(options.sets), options.processes
        songs = composed(options.kept_in, kind, options.half, n, processes)
        decks = decks_of(songs, processes)
        for index, size in enumerate(options.sets):
            first = sum(options.sets[:index])
            part = slice(first, first + size)
            yield _task(options, f"{kind} {index + 1}", songs[part], decks[part])


def _brought(options: argparse.Namespace) -> Iterator[_Task]:
    """Yield the songs, the music, and both mixed, in each order asked for."""
    crates = []
    if options.songs:
        crates.append((options.songs.name, brought(options.kept_in, options.songs)))
    if options.music:
        crates.append((options.music.name, brought_music(options.kept_in, options.music)))
    if len(crates) > 1:
        crates.append(("mixed", _alternating(*(songs for _, songs in crates))))
    for name, songs in crates:
        decks = decks_of(songs, options.processes)
        for order in ["given", "found"] if options.order == "both" else [options.order]:
            task = _task(options, f"{name} {order}", songs, decks)
            yield replace(task, given_order=order == "given")


def _alternating(some: list[SetSong], others: list[SetSong]) -> list[SetSong]:
    return [song for pair in zip_longest(some, others) for song in pair if song]


def _task(
    options: argparse.Namespace, name: str, songs: list[SetSong], decks: list[DeckTrack]
) -> _Task:
    folder = options.export / name.replace(" ", "_") if options.export else None
    return _Task(name, songs, decks, folder, check_joins=options.check_joins)


def _measured(task: _Task) -> SetMeasured:
    """Render a set into a temporary folder and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        played = play_set(
            task.name,
            task.songs,
            task.decks,
            DjRules(),
            Path(folder),
            given_order=task.given_order,
            check_joins=task.check_joins,
        )
        sound = measure_sound(played)
        joins = list(measure_joins(played, sound.energies))
        if task.export_to:
            export(played, task.export_to)
    music_s = np.array([deck.music_end_s - deck.music_start_s for deck in played.decks])
    return SetMeasured(
        task.name, len(task.songs), played.minutes, played.cpu_s, joins, sound, music_s
    )


def _print_faults(one: SetMeasured) -> None:
    for what, found in _faults(one):
        if found:
            print(f"{one.name}, {what}: {', '.join(found)}")


def _faults(one: SetMeasured) -> Sequence[tuple[str, list[str]]]:
    """Return faults with their positions."""
    return (
        ("clicks at s", [f"{at:.3f}" for at in one.sound.clicks_s]),
        ("gaps at s", [f"{at:.3f}" for at in one.sound.gaps_s]),
        ("not the track's own samples", one.sound.body_differs),
    )
