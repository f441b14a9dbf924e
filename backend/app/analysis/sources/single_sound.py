"""Find the onsets and the pitch of a single sound."""

from __future__ import annotations

import numpy as np

from ...dsp.channels import sound_cancels
from ...dsp.samples import Samples
from ..harmony.pitch_track import PitchTrack, PitchTracker
from ..mid_side import analysis_blocks
from ..rhythm.onset_picking import StereoSpectraAnalyser, find_onsets
from ..rhythm.onsets import Floats

# raised whenever the result for the same sound changes; old results are then recomputed
VERSION = 3


def find_onsets_and_pitch(sound: Samples) -> tuple[Floats, PitchTrack]:
    """Analyse a sound, float32 ``(2, n)`` at 44.1 kHz.

    Returns
    -------
    the onsets in seconds, ascending (0 alone if none is found), and the pitch over time
    """
    spectra, pitch = StereoSpectraAnalyser(), PitchTracker()
    for block in analysis_blocks([sound], reverse_right=sound_cancels(sound)):
        spectra.push(block)
        pitch.push(block.mid)
    onsets_s = find_onsets(spectra.finish())
    return onsets_s if len(onsets_s) else np.zeros(1), pitch.finish()
