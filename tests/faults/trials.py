"""The jobs that are disturbed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

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
