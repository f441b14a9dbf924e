"""``python -m bench.mir``: compare beats and keys of Segue, librosa and aubio."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from .contestants import CONTESTANTS, run_contestant, version, why_absent
from .corpus import HALVES, MirSong, composed, given, kits_in
from .hard import HARD_SEEDS
from .judgements import curves, judge
from .reliability import curve_table
from .scores import score
from .specs import SEEDS
from .table import COLUMNS, LEGEND, Row, as_json, genre_table, song_table, totals, totals_table

KEPT_IN = Path(__file__).parents[2] / "build" / "mir"
HEADINGS = {
    "tuning": "tuning half",
    "held_out": "held-out half",
    "hard": "hard songs",
    "hard_held_out": "hard held-out songs",
    "given": "given songs",
}

# Columns shown by genre for hard songs, besides beat F.
HARD_COLUMNS = ("downbeat_f", "tempo_time", "key_time")


def main() -> None:
    """Analyse the songs with each tool, score, and print tables."""
    options = _parse()
    kits = kits_in(options.kits) if options.kits else ()
    songs = given(options.songs) if options.songs else composed(options.kept_in, options.half, kits)
    names = [name for name in options.only if not _absent(name)]
    rows = [row for name in names for row in score_contestant(name, songs, options.processes)]
    print(f"{len(songs)} songs; {', '.join(version(name) for name in names)}\n\n{LEGEND}")
    for half, of_half in _by_half(rows):
        _print_half(half, of_half, shown=half in options.show, each=options.each)
        if options.reliability:
            _print_reliability(half, of_half)
    if options.json:
        options.json.write_text(json.dumps(_report(rows, options.show), indent=1))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mir", description=__doc__)
    parser.add_argument("--songs", type=Path, help="a folder of songs with a JSON file each")
    parser.add_argument("--half", nargs="+", choices=HALVES, default=[*SEEDS])
    parser.add_argument("--kits", type=Path, help="folder of drum kits to play hard songs with")
    parser.add_argument("--only", nargs="+", choices=[*CONTESTANTS], default=[*CONTESTANTS])
    parser.add_argument("--each", action="store_true", help="also print every song")
    parser.add_argument(
        "--show", nargs="+", choices=[*HEADINGS], default=["tuning", "hard", "given"],
        help="halves to show by genre and song; tuning on a held-out half spoils it",
    )  # fmt: skip
    parser.add_argument(
        "--reliability", action="store_true",
        help="also print how often what each tool is sure of is right",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help="folder for composed songs")
    return parser.parse_args()


def _absent(name: str) -> bool:
    """Return whether a tool is missing; print why."""
    reason = why_absent(name)
    if reason:
        print(f"{name}: no figures, {reason}\n")
    return reason is not None


def score_contestant(name: str, songs: Sequence[MirSong], processes: int) -> Iterator[Row]:
    """Score a tool on all songs; keys are not scored for a tool that detects none."""
    found = list(run_contestant(name, songs, processes))
    names_keys = any(one.key for one in found)
    for song, one in zip(songs, found, strict=True):
        scores = score(song, one, names_keys=names_keys)
        yield Row(name, song, scores, tuple(judge(song, one)))


def _by_half(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    ordered = sorted(rows, key=lambda row: [*HEADINGS].index(row.song.half))
    for half, of_half in groupby(ordered, lambda row: row.song.half):
        yield half, list(of_half)


def _by_contestant(rows: Sequence[Row]) -> dict[str, list[Row]]:
    names = dict.fromkeys(row.contestant for row in rows)
    return {name: [row for row in rows if row.contestant == name] for name in names}


def _print_half(half: str, rows: Sequence[Row], *, shown: bool, each: bool) -> None:
    by_contestant = _by_contestant(rows)
    print(f"\n{totals_table(HEADINGS[half], by_contestant)}")
    if shown:
        for column in ("beat_f", *(HARD_COLUMNS if half in HARD_SEEDS else ())):
            title = f"{HEADINGS[half]}, {COLUMNS[column][0]}"
            print(f"\n{genre_table(title, column, by_contestant)}")
    if shown and each:
        for name, of_one in by_contestant.items():
            print(f"\n{song_table(f'{HEADINGS[half]}, {name}', of_one)}")


def _print_reliability(half: str, rows: Sequence[Row]) -> None:
    """Print reliability curves of the tools that state confidences."""
    for name, of_one in _by_contestant(rows).items():
        if found := curves(judgement for row in of_one for judgement in row.judgements):
            print(f"\n{curve_table(f'{HEADINGS[half]}, {name}', found)}")


def _report(rows: Sequence[Row], shown: Sequence[str]) -> dict[str, object]:
    return {
        half: {
            "totals": {name: totals(of) for name, of in _by_contestant(of_half).items()},
            "songs": as_json(of_half) if half in shown else [],
        }
        for half, of_half in _by_half(rows)
    }
