"""Compare mixing speed with pydub and ffmpeg, and memory with length of the mix."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from backend.app.dj.levels.track_gains import CEILING_DBTP
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import TrackReader
from backend.app.render.player.player import Player
from bench.crate import BenchCrate
from bench.process_cost import Cost, cost_of, rounds, table

OURS = "Segue, 2 workers"
LIMIT = "(a) only encoding, one stream"


def run_mix(crate: BenchCrate, ffmpeg: Path, count: int) -> None:
    """Print the speed comparison for one crate."""
    crate.write_wavs()
    _write_mix(crate)
    run = partial(_run, crate, crate.names, ffmpeg)
    costs = rounds(
        {
            LIMIT: partial(run, "encode"),
            OURS: partial(run, "ours:2"),
            "Segue, limited to 1 core": partial(run, "ours:1"),
            "(b) pydub loop": partial(run, "pydub"),
            "(b) pydub loop, low_pass_filter": partial(run, "pydub low-pass"),
            "(c) ffmpeg acrossfade chain": partial(run, "acrossfade"),
        },
        count,
    )
    minutes = crate.timeline().duration_s / 60
    table(f"{len(crate.names)} tracks, a mix of {minutes:.1f} min, MP3 320k", costs, LIMIT)


def run_memory(crate: BenchCrate, ffmpeg: Path) -> None:
    """Print the peak memory of a short and of a long mix."""
    few = _run(crate, crate.names[:6], ffmpeg, "ours:2")
    many = _run(crate, crate.names[:6] * (48 // 6), ffmpeg, "ours:2")
    print(
        f"\npeak memory of all processes: 6 tracks {few.peak_mb:.0f} MB,"
        f" 48 tracks {many.peak_mb:.0f} MB, ratio {many.peak_mb / few.peak_mb:.2f}"
    )


def _run(crate: BenchCrate, names: Sequence[str], ffmpeg: Path, contestant: str) -> Cost:
    command = [sys.executable, "-m", "bench.mixing.contestants", contestant, str(crate.folder)]
    return cost_of([*command, ",".join(names), str(crate.folder / "out.mp3"), str(ffmpeg)])


def _write_mix(crate: BenchCrate) -> None:
    """Write the finished mix as 16-bit WAV, for the tool that only encodes."""
    timeline = crate.timeline()
    player = Player(timeline, lambda name: TrackReader(crate.path(name)), CEILING_DBTP)
    with soundfile.SoundFile(
        crate.folder / "mix.wav", "w", SAMPLE_RATE, 2, subtype="PCM_16"
    ) as mix:
        for block in player.play(0, timeline.length):
            mix.write(np.ascontiguousarray(block.T))
