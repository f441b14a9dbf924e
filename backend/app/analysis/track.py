"""Everything that is heard in a track, in one pass over its samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..contract.analysis import Rhythm, TrackAnalysis
from ..dsp.loudness import ABSOLUTE_GATE_LUFS
from ..dsp.samples import Samples, seconds
from .bass import bass_share
from .bounds import music_bounds_s
from .cues import cues_of
from .energy import bar_energies
from .key import key_of
from .loudness import LoudnessEar, LoudnessProfile
from .mono import ear_blocks
from .rhythm import RhythmEar
from .sections import sections_of
from .tones import ToneEar, Tones
from .voice import vocals_of

VERSION = 2
"""Of the analysis as a whole: what an older one heard is heard anew."""


def analyse(
    blocks: Iterable[Samples],
    loudness: LoudnessProfile | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[TrackAnalysis, LoudnessProfile]:
    """Listen to a track once, from its first block to its last.

    Nothing but features is kept of it, about 90 MB an hour.

    Parameters
    ----------
    blocks : the track in order, float32 ``(2, n)`` at 44.1 kHz, ``n`` at will
    loudness : its profile, where it has been measured already
    progress : called after each block with the seconds heard so far; may raise, to stop

    Returns
    -------
    The analysis, and the loudness that was given or measured.
    """
    source = _Source(blocks, None if loudness else LoudnessEar(), progress)
    rhythm_ear, tone_ear = RhythmEar(), ToneEar()
    for heard in ear_blocks(source):
        rhythm_ear.push(heard)
        tone_ear.push(heard)
    profile = loudness or source.loudness()
    analysis = conclude(rhythm_ear.finish(), tone_ear.finish(), profile, source.duration_s)
    return analysis, profile


def conclude(
    rhythm: Rhythm, tones: Tones, loudness: LoudnessProfile, duration_s: float
) -> TrackAnalysis:
    """What follows from all that was heard."""
    music_start_s, music_end_s = music_bounds_s(loudness, duration_s)
    energy = bar_energies(loudness.energies, rhythm, tones.centre)
    sections = sections_of(tones, rhythm, energy, music_start_s, music_end_s)
    vocals = vocals_of(tones)
    cue_ins, cue_outs = cues_of(rhythm, sections, energy, vocals, music_start_s, music_end_s)
    return TrackAnalysis(
        version=VERSION,
        duration_s=duration_s,
        rhythm=rhythm,
        harmony=key_of(tones),
        energy=energy,
        sections=sections,
        vocals=vocals,
        loudness_lufs=max(loudness.integrated_lufs, ABSOLUTE_GATE_LUFS),
        bass_share=bass_share(tones.centre),
        music_start_s=music_start_s,
        music_end_s=music_end_s,
        cue_ins=cue_ins,
        cue_outs=cue_outs,
    )


class _Source:
    """The blocks on their way to the ears: counted, and measured where that is still to be done."""

    def __init__(
        self,
        blocks: Iterable[Samples],
        loudness_ear: LoudnessEar | None,
        progress: Callable[[float], None] | None,
    ) -> None:
        self._blocks, self._loudness_ear, self._progress = blocks, loudness_ear, progress
        self._n_samples = 0

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            if self._loudness_ear is not None:
                self._loudness_ear.push(block)
            yield block
            self._n_samples += block.shape[1]
            if self._progress is not None:
                self._progress(self.duration_s)

    @property
    def duration_s(self) -> float:
        """How much has come by."""
        return seconds(self._n_samples)

    def loudness(self) -> LoudnessProfile:
        """The profile of all that has come by."""
        assert self._loudness_ear is not None
        return self._loudness_ear.finish()
