"""Find how long two voices are heard at once in a join, as its clips are faded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....contract.analysis import Stretch
from ....dj.deck import DeckTrack
from ....dj.joins.candidates import OVERLAPPING
from ....dj.joins.choose import Choice
from ....dj.timeline import Clip
from ....dsp.fades import fade_in
from ....dsp.samples import SAMPLE_RATE

Places = npt.NDArray[np.float64]

MASKED = 0.35  # gain of a fader below which a voice, 9 dB softer, is behind the other one

_STEP = SAMPLE_RATE // 20


def voices_together_s(choice: Choice, clips: tuple[Clip, Clip]) -> float:
    """Seconds of the overlap in which both tracks sing and both faders are up.

    In a stem swap one voice is muted while the other plays.
    """
    if choice.candidate.kind == "stem_swap" or choice.candidate.kind not in OVERLAPPING:
        return 0.0
    start, end = max(clip.start for clip in clips), min(clip.sounds_to for clip in clips)
    at = np.arange(start, end, _STEP, dtype=np.float64)
    tracks = choice.pair.outgoing, choice.pair.incoming
    both = np.ones(len(at), np.bool_)
    for clip, track in zip(clips, tracks, strict=True):
        both &= _sings(track, clip, at) & (_fader(clip, at) >= MASKED)
    return float(both.sum()) * _STEP / SAMPLE_RATE


def _sings(track: DeckTrack, clip: Clip, at: Places) -> npt.NDArray[np.bool_]:
    """Whether the voice of a clip's track sounds at samples of the mix."""
    of_track_s = clip.sources_at(at) / SAMPLE_RATE
    vocals: list[Stretch] = track.analysis.vocals if track.analysis else []
    sung = np.zeros(len(at), np.bool_)
    for one in vocals:
        sung |= (of_track_s >= one.start_s) & (of_track_s < one.end_s)
    return sung


def _fader(clip: Clip, at: Places) -> Places:
    """Gain of a clip's fades at samples of the mix."""
    rise = np.append(fade_in(clip.fade_in // _STEP, clip.curve), 1.0)
    fall = np.append(fade_in(clip.fade_out // _STEP, clip.curve), 1.0)
    from_start = ((at - clip.start) // _STEP).astype(np.int64)
    to_end = ((clip.end - 1 - at) // _STEP).astype(np.int64)
    gains: Places = np.minimum(
        rise[np.clip(from_start, 0, len(rise) - 1)], fall[np.clip(to_end, 0, len(fall) - 1)]
    )
    return gains
