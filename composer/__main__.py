"""Compose a crate of songs into a folder: ``python -m composer --out demo/crate --songs 6``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from composer.files import FORMATS, write_crate


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; for an unknown format, print the known ones and exit."""
    parser = argparse.ArgumentParser(prog="python -m composer", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--songs", type=int, default=6, help="how many songs (default 6)")
    parser.add_argument("--seconds", type=float, default=90.0, help="length of a song (default 90)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another crate")
    parser.add_argument("--formats", default=",".join(FORMATS), help="taken in turn")
    wishes = parser.parse_args(arguments)
    wishes.formats = wishes.formats.split(",")
    if unknown := sorted(set(wishes.formats) - set(FORMATS)):
        parser.error(f"no such format: {', '.join(unknown)}; there are {', '.join(FORMATS)}")
    return wishes


def main(arguments: Sequence[str]) -> None:
    """Write the crate, and print the names of its files."""
    wishes = parse(arguments)
    paths = write_crate(
        wishes.out,
        n_songs=wishes.songs,
        seed=wishes.seed,
        duration_s=wishes.seconds,
        formats=wishes.formats,
    )
    sys.stdout.write("".join(f"{path}\n" for path in paths))


if __name__ == "__main__":
    main(sys.argv[1:])
