"""``python -m bench``: run every comparison of mixing speed and memory."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg

from .crate import brought, composed
from .mixing.mix import run_memory, run_mix
from .mixing.second_job import run_second_job
from .render.video import run_video


def main() -> None:
    """Compose a crate, or read a folder of music, and compare."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--music", type=Path, help="a folder of one's own tracks to mix instead")
    parser.add_argument("--tracks", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=240.0, help="length of a composed track")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ffmpeg = find_ffmpeg(os.environ.get("FFMPEG_BINARY"))
    with tempfile.TemporaryDirectory() as folder:
        if options.music:
            crate = brought(Path(folder), options.music, ffmpeg)
        else:
            crate = composed(Path(folder), options.tracks, options.seconds)
        run_mix(crate, ffmpeg, options.rounds)
        run_memory(crate, ffmpeg)
        run_second_job(crate)
    run_video()


if __name__ == "__main__":
    main()
