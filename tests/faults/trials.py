"""The jobs that are disturbed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from composer.files import write_crate
from composer.pictures import png_bytes
from tests.jobs.pipelines import Wool

from .house import Trial


def knitting(folder: Path, wool: Wool) -> Trial:
    """Three short steps that hash each other's output; one tone stands for the music."""
    track = folder / "tone.wav"
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(88_200) / 44_100)
    soundfile.write(track, np.column_stack([wave, wave]), 44_100, subtype="PCM_16")
    return Trial(
        request={"title": "Knits", "description": {"intro": wool.to_json()}},
        tracks=[track],
        pipelines={"mixtape": "tests.jobs.pipelines:mixtape_chain"},
    )


def mixtape(folder: Path) -> Trial:
    """The product's own recipe: three songs, two formats and a film."""
    crate = folder / "crate"
    tracks = write_crate(crate, n_songs=3, seed=5, duration_s=20.0, formats=("flac",))
    image = folder / "picture.png"
    image.write_bytes(png_bytes(2, width=640, height=360))
    return Trial(
        request={"transition_ms": 4000, "formats": ["mp3", "opus"], "video": {"height": 720}},
        tracks=[path for path in tracks if path.suffix == ".flac"],
        image=image,
        patience_s=240.0,
    )


def stems(folder: Path) -> Trial:
    """Two songs taken apart by the draft, into files of two kinds of work: FLAC and measuring."""
    tracks = write_crate(folder / "crate", n_songs=2, seed=6, duration_s=10.0, formats=("flac",))
    return Trial(
        request={"kind": "stems", "model": "draft"},
        tracks=[path for path in tracks if path.suffix == ".flac"],
        patience_s=120.0,
    )
