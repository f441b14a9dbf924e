"""The jobs that fault tests disturb."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from composer.files import write_crate
from composer.pictures import png_bytes
from composer.tones import tone
from tests.jobs.pipelines import Wool

from .house import Trial


def knitting(folder: Path, wool: Wool) -> Trial:
    """Three short steps that hash each other's output; the music is one tone."""
    track = folder / "tone.wav"
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(88_200) / 44_100)
    soundfile.write(track, np.column_stack([wave, wave]), 44_100, subtype="PCM_16")
    return Trial(
        request={"title": "Knits", "description": {"intro": wool.to_json()}},
        tracks=[track],
        pipelines={"mixtape": "tests.faults.hold:knitting"},
    )


def mixtape(folder: Path) -> Trial:
    """A real mixtape: three songs, two formats and a film."""
    crate = folder / "crate"
    tracks = write_crate(crate, n_songs=3, seed=5, duration_s=10.0, formats=("flac",))
    image = folder / "picture.png"
    image.write_bytes(png_bytes(2, width=640, height=360))
    return Trial(
        request={"transition_ms": 2000, "formats": ["mp3", "opus"], "video": {"height": 720}},
        tracks=[path for path in tracks if path.suffix == ".flac"],
        image=image,
    )


def mix_without_film(folder: Path) -> Trial:
    """A mixtape in one format, of two songs."""
    tracks = write_crate(folder / "crate", n_songs=2, seed=9, duration_s=8.0, formats=("flac",))
    return Trial(
        request={"transition_ms": 2000, "formats": ["flac"]},
        tracks=[path for path in tracks if path.suffix == ".flac"],
    )


def mashup(folder: Path) -> Trial:
    """Two songs, separated by the draft, in two formats."""
    tracks = write_crate(folder / "crate", n_songs=2, seed=7, duration_s=16.0, formats=("flac",))
    return Trial(
        request={
            "kind": "mashup",
            "vibe": "dark",
            "model": "draft",
            "formats": ["mp3", "flac"],
            "video": {"height": 720},
        },
        tracks=[path for path in tracks if path.suffix == ".flac"],
    )


def restyle(folder: Path) -> Trial:
    """A song whose drums and voice are played by a strummed string."""
    tracks = write_crate(folder / "crate", n_songs=1, seed=8, duration_s=10.0, formats=("flac",))
    sound = folder / "string.wav"
    soundfile.write(sound, 0.4 * tone("strum", 57, 44_100).T, 44_100)
    return Trial(
        request={
            "kind": "restyle",
            "model": "draft",
            "format": "mp3",
            "video": {"height": 720},
        },
        tracks=[path for path in tracks if path.suffix == ".flac"],
        sound=sound,
    )


def stems(folder: Path) -> Trial:
    """Two songs separated by the draft; its steps write FLAC and measurements."""
    tracks = write_crate(folder / "crate", n_songs=2, seed=6, duration_s=10.0, formats=("flac",))
    return Trial(
        request={"kind": "stems", "model": "draft"},
        tracks=[path for path in tracks if path.suffix == ".flac"],
    )
