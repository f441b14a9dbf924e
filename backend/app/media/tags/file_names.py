"""Guess titles and artists from file names, comparing all names of a crate.

A number in front is a track number only if it is zero-padded ("03 Title"), followed by a mark ("3.
Title", "3 - Title"), or part of a row of numbers in the crate. Otherwise it belongs to a name: 50
Cent, 2 Unlimited, 311, D12, 99 Luftballons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .display_names import TrackTags, safe_title

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_DASH = re.compile(r"\s+(?:--?|[\u2013\u2014])\s+")

# Marks between a track number and a name; "19-2000" and "01.02.2020" contain none of them.
_MARKS = r"[-.)_:\u2013\u2014]"
_GAP = rf"(?:\s+{_MARKS}*\s*|{_MARKS}+\s+|{_MARKS}+(?=[^\d\s]))"
# A number that is a track number in any crate.
_SURE = re.compile(
    rf"""
    (?:\d-)?0\d{{1,2}}{_GAP}                  # "03 ", "03 - ", "03-", "1-03 "
    | [(\[](?:0\d{{1,2}}|\d{{1,2}})[)\]]\s*[-.:]?\s*   # "(3) ", "[03] "
    | (?:\d{{1,3}}|[A-H]\d{{1,2}})(?:[.)]\s+|\)|\.(?=[^\W\d_]+(?:\s|$)))   # "3. ", "3)", "A1. "
    | \d{{1,2}}\s*[-\u2013\u2014]\s+          # "3 - "; three digits may be a band: "311 - Down"
    """,
    re.VERBOSE,
)
# A number that may be a track number, if the crate has a row of them.
_PERHAPS = re.compile(rf"(?P<label>(?:\d-)?\d{{1,3}}|[A-H]\d{{1,2}})(?:{_GAP}|-)(?=\S)")
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}\b")
# A part between dashes that is a track number: "Artist - Album - 03 - Title".
_ONLY_NUMBER = re.compile(r"(?:\d-)?0?\d{1,2}|[A-H]\d")
_PADDED = re.compile(rf"(?:\d-)?0\d{_GAP}(?=\S)")

# A shorter row of numbers may be a coincidence of names.
_MIN_RUN = 3
_MAX_STEP = 2  # one file of an album may be missing


def tags_from_filename(name: str) -> TrackTags:
    """Guess title and artist from a name such as ``03 - Artist - Title.mp3``."""
    return tags_from_filenames([name])[0]


def tags_from_filenames(names: Sequence[str]) -> list[TrackTags]:
    """Guess title, artist and album from each of a crate's file names."""
    stems = [stem_of(name) for name in names]
    labels = [_label_of(stem) for stem in stems]
    running = _running(labels)
    return [
        _parsed(_without_number(stem, label in running))
        for stem, label in zip(stems, labels, strict=True)
    ]


def named_after_files(tags: Sequence[TrackTags], names: Sequence[str]) -> list[TrackTags]:
    """Fill in missing titles, artists and albums from the file names.

    A missing artist is also taken from the name of a file that ends in the tag's title.
    """
    unnamed = [name for one, name in zip(tags, names, strict=True) if not one.title]
    guesses = iter(tags_from_filenames(unnamed))
    return [
        _filled(one, next(guesses)) if not one.title else _with_artist(one, name)
        for one, name in zip(tags, names, strict=True)
    ]


def stem_of(name: str) -> str:
    """A file name without folders and suffix.

    If it has no spaces, its underscores become spaces.
    """
    # Browsers encode quotes in a form's file names as %22 (HTML, "multipart/form-data").
    stem = _SUFFIX.sub("", re.split(r"[/\\]", name.replace("%22", '"'))[-1])
    if " " not in stem:
        stem = stem.replace("_", " ")
    return safe_title(stem) or "Untitled"


def _filled(tags: TrackTags, guess: TrackTags) -> TrackTags:
    return replace(
        tags,
        title=guess.title,
        artist=tags.artist or guess.artist,
        album=tags.album or guess.album,
    )


def _with_artist(tags: TrackTags, name: str) -> TrackTags:
    guess = TrackTags() if tags.artist else tags_from_filename(name)
    agrees = guess.title.casefold() == tags.title.casefold()
    return replace(tags, artist=guess.artist) if agrees and guess.artist else tags


def _parsed(stem: str) -> TrackTags:
    """Split ``Artist - Album - 03 - Title``, in which album and number may be missing."""
    artist, *others = _DASH.split(stem)
    if not others or not all((artist, *others)):
        return TrackTags(title=stem)
    for place in range(len(others) - 2, -1, -1):
        if _ONLY_NUMBER.fullmatch(others[place]):
            album, title = others[:place], others[place + 1 :]
            return TrackTags(" - ".join(title), artist, " - ".join(album))
    if padded := _PADDED.match(others[-1]):
        return TrackTags(others[-1][padded.end() :], artist, " - ".join(others[:-1]))
    return TrackTags(" - ".join(others), artist)


def _without_number(stem: str, is_running: bool) -> str:
    if _DATE.match(stem):
        return stem
    found = _SURE.match(stem) or (_PERHAPS.match(stem) if is_running else None)
    return stem[found.end() :] or stem if found else stem


def _label_of(stem: str) -> str | None:
    """The track number or vinyl side in front of a name, if there is one."""
    found = None if _DATE.match(stem) else _PERHAPS.match(stem)
    return found["label"] if found else None


def _running(labels: Sequence[str | None]) -> set[str | None]:
    """The labels that number at least half of a crate: 1, 2, 3, 5, ... or A1, A2, B1, ...

    A label that occurs in two names is no number.
    """
    once = [label for label, count in Counter(labels).items() if label and count == 1]
    sides = {label for label in once if not label[0].isdecimal()}
    numbers = {label for label in once if label[0].isdecimal()}
    if padded := [label for label in numbers if label.rpartition("-")[2].startswith("0")]:
        numbers = {label for label in numbers if len(label) == len(padded[0])}
    runs = [run for run in _runs(numbers) if len(run) >= _MIN_RUN]
    found: set[str | None] = {label for run in runs for label in run}
    if "A1" in sides and len(sides) >= _MIN_RUN:
        found |= sides
    return found if 2 * len(found) >= len(labels) else set()


def _runs(numbers: set[str]) -> Iterator[list[str]]:
    """Yield rows of consecutive numbers that begin with 1, 101 or 1-01."""
    run: list[str] = []
    for label in sorted(numbers, key=_value):
        if run and _value(label) - _value(run[-1]) > _MAX_STEP:
            yield run
            run = []
        if run or _value(label) % 100 <= 1:
            run.append(label)
    yield run


def _value(label: str) -> int:
    """A label as a number; ``1-03`` is 103."""
    disc, _, number = label.rpartition("-")
    return 100 * int(disc or 0) + int(number)
