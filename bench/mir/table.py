"""Print scores as tables, one row per tool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from .corpus import MirSong
from .judgements import Judgement
from .scores import Scores

COLUMNS = {
    "tempo_1": ("tempo 1", "{:.2f}"),
    "tempo_2": ("tempo 2", "{:.2f}"),
    "tempo_time": ("tempo time", "{:.2f}"),
    "beat_f": ("beat F", "{:.3f}"),
    "error_ms": ("error ms", "{:.1f}"),
    "bias_ms": ("bias ms", "{:+.1f}"),
    "grid_usable": ("usable", "{:.2f}"),
    "downbeat_f": ("downbeat F", "{:.3f}"),
    "key_exact": ("key", "{:.2f}"),
    "key_weighted": ("key MIREX", "{:.3f}"),
    "key_time": ("key time", "{:.2f}"),
    "cpu_s": ("CPU s", "{:.2f}"),
}
LEGEND = """\
tempo 1, 2   share within 4 % of the mean tempo; 2 forgives the factors 2, 3, 1/2, 1/3
tempo time   share of the song in which the stated local tempo is within 1 %, at the level
beat F       F-measure within 70 ms, first 5 s left out (mir_eval); downbeat F likewise
error, bias  mean over songs of the median error of the beats found; positive is late
usable       share of songs with 95 % of all beats within 35 ms, at the level, half or double
key          share exactly right; MIREX: a fifth off 0.5, relative 0.3, parallel 0.2
key time     share of the song in which the key is exactly right, modulations included
CPU s        process CPU a track, after one song to warm up, decoding not counted"""


@dataclass(frozen=True, slots=True)
class Row:
    """The scores of one tool on one song."""

    contestant: str
    song: MirSong
    scores: Scores
    judgements: tuple[Judgement, ...] = ()


def mean(rows: Iterable[Row], column: str) -> float | None:
    """Return the mean of a column over the songs that have it."""
    values = [value for row in rows if (value := getattr(row.scores, column)) is not None]
    return float(np.mean(values)) if values else None


def totals(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return the mean of every column."""
    return {column.name: mean(rows, column.name) for column in fields(Scores)}


def totals_table(title: str, by_contestant: Mapping[str, Sequence[Row]]) -> str:
    """Format all columns, one row per tool."""
    heading = ["n", *(head for head, _ in COLUMNS.values())]
    body = {
        name: [str(len(rows)), *(_shown(form, totals(rows)[c]) for c, (_, form) in COLUMNS.items())]
        for name, rows in by_contestant.items()
    }
    return _laid_out(title, heading, body)


def genre_table(title: str, column: str, by_contestant: Mapping[str, Sequence[Row]]) -> str:
    """Format the means of a column of scores, one column per genre."""
    genres = list(dict.fromkeys(row.song.genre for rows in by_contestant.values() for row in rows))
    body = {
        name: [
            _shown("{:.2f}", mean((row for row in rows if row.song.genre == genre), column))
            for genre in genres
        ]
        for name, rows in by_contestant.items()
    }
    return _laid_out(title, genres, body)


def song_table(title: str, rows: Sequence[Row]) -> str:
    """Format every song's scores of one tool."""
    heading = [head for head, _ in COLUMNS.values()]
    body = {
        row.song.name: [
            _shown(form, getattr(row.scores, column)) for column, (_, form) in COLUMNS.items()
        ]
        for row in rows
    }
    return _laid_out(title, heading, body)


def _shown(form: str, value: float | None) -> str:
    return "-" if value is None else form.format(value)


def _laid_out(title: str, heading: Sequence[str], body: Mapping[str, Sequence[str]]) -> str:
    first = max(map(len, [title, *body]))
    lines = [(title, heading), *body.items()]
    widths = [max(len(cells[i]) for _, cells in lines) for i in range(len(heading))]
    return "\n".join(
        "  ".join([name.ljust(first), *(c.rjust(w) for c, w in zip(cells, widths, strict=True))])
        for name, cells in lines
    )


def as_json(rows: Iterable[Row]) -> list[dict[str, object]]:
    """Convert rows to JSON, one object per song."""
    return [
        {"contestant": row.contestant, "song": row.song.name, "genre": row.song.genre}
        | asdict(row.scores)
        for row in rows
    ]
