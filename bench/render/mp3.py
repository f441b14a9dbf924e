"""``python -m bench.render.mp3 mix.flac --rounds 5``: measure the MP3 encoder alone.

It encodes a FLAC mix in segments with two workers and as one stream with one worker, and compares
both with ffmpeg, which encodes the same mix from a WAV file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import soundfile

from backend.app.dsp.samples import Samples
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.mp3.encode import Mp3Job
from backend.app.render.mp3.info_frame import V0, Mp3Mode
from backend.app.render.mp3.segments import GRID_FRAMES, SegmentEncoder
from backend.app.render.progress_pool import ProgressPool
from bench.process_cost import cost_of, rounds, table

BLOCK = 65_536
LIMIT = "ffmpeg, one stream, from WAV"
RATES = {"320k": Mp3Mode(kbps=320), "V0": V0}
# Number of grid steps in segments of half a minute, a minute and two.
LENGTHS = {"30 s": 23, "60 s": 46, "120 s": 92}


def encode(mix: Path, out: Path, mode: str, workers: int, steps: int) -> None:
    """Run Segue's encoder in this process, whose cost is measured."""

    def play(start: int, end: int) -> Iterator[Samples]:
        with soundfile.SoundFile(mix) as file:
            file.seek(start)
            for at in range(start, end, BLOCK):
                yield file.read(min(BLOCK, end - at), dtype="float32").T

    length, ffmpeg = soundfile.info(mix).frames, find_ffmpeg(os.environ.get("FFMPEG_BINARY"))
    with (
        tempfile.TemporaryDirectory() as scratch,
        ProgressPool(workers, lambda _: None) as pool,
    ):
        encoder = SegmentEncoder(play, length, RATES[mode], ffmpeg, Path(scratch), None, pool.add)
        job = Mp3Job(encoder, pool, workers, segment_frames=steps * GRID_FRAMES)
        job.start()
        job.join(out)


def compare(mix: Path, folder: Path, mode: str, count: int) -> None:
    """Print ratios of wall-clock and CPU time for one mode, measured in turns."""
    ffmpeg, wav = find_ffmpeg(os.environ.get("FFMPEG_BINARY")), folder / "mix.wav"
    rate = ["-b:a", mode] if mode != "V0" else ["-q:a", "0"]
    limit = [str(ffmpeg), "-nostdin", "-v", "error", "-y", "-i", str(wav), "-c:a", "libmp3lame"]
    out = str(folder / "out.mp3")
    ours = [sys.executable, "-m", "bench.render.mp3", str(mix), "--out", out, "--mode", mode]
    contestants = {LIMIT: partial(cost_of, [*limit, *rate, out])}
    for name, steps in LENGTHS.items():
        command = [*ours, "--workers", "2", "--steps", str(steps)]
        contestants[f"2 workers, segments of {name}"] = partial(cost_of, command)
    contestants["1 worker, one stream"] = partial(cost_of, [*ours, "--workers", "1"])
    table(f"{soundfile.info(mix).duration / 60:.1f} min, {mode}", rounds(contestants, count), LIMIT)


def main() -> None:
    """Measure, or run the command that is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.render.mp3", description=__doc__)
    parser.add_argument("mix", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--mode", choices=RATES, default="320k")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--steps", type=int, default=46)
    options = parser.parse_args()
    if options.out:
        encode(options.mix, options.out, options.mode, options.workers, options.steps)
        return
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "mix.wav"
        subprocess.run(
            [find_ffmpeg(None), "-v", "error", "-i", options.mix, "-c:a", "pcm_s16le", wav],
            check=True,
        )
        for mode in RATES:
            compare(options.mix, Path(folder), mode, options.rounds)


if __name__ == "__main__":
    main()
