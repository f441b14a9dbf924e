"""Analyse a whole track in one pass over its samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..contract.analysis import TrackAnalysis
from ..dsp.loudness import ABSOLUTE_GATE_LUFS
from ..dsp.samples import Samples
from .groove.find_grooves import find_grooves
from .harmony.pitches import PitchSpectra, PitchSpectrumAnalyser
from .harmony.track_key import estimate_key
from .levels.bass_cut_loss import bass_share
from .levels.loudness import LoudnessProfile, LoudnessProfiler
from .metered_blocks import MeteredBlocks
from .mid_side import analysis_blocks
from .rhythm.onsets import SpectraAnalyser, SpectraRows
from .rhythm.rhythm_analyser import rhythm_of
from .stereo_centre import Centre, CentreAnalyser
from .structure.bounds import music_bounds_s
from .structure.cues import find_cues
from .structure.energy import bar_energies
from .structure.sections import find_sections
from .structure.vocal_activity import find_vocals

VERSION = 10  # raise it when results change: cached analyses of other versions are computed again


def analyse(
    blocks: Iterable[Samples],
    loudness: LoudnessProfile | None = None,
    progress: Callable[[float], None] | None = None,
    *,
    channels_cancel: bool = False,
) -> tuple[TrackAnalysis, LoudnessProfile]:
    """Analyse a track in one pass, keeping only features: about 90 MB an hour.

    Parameters
    ----------
    blocks : the track in order, float32 ``(2, n)`` at 44.1 kHz, any ``n``
    loudness : its profile, if measured already
    progress : called after each block with the seconds analysed so far; may raise, to stop
    channels_cancel : whether the channels cancel each other (see :mod:`..dsp.channels`)

    Returns
    -------
    The analysis, and the loudness profile that was given or measured.
    """
    profiler = LoudnessProfiler()
    source = MeteredBlocks(blocks, profiler.push if loudness is None else None, progress)
    onsets, pitches, centre = SpectraAnalyser(), PitchSpectrumAnalyser(), CentreAnalyser()
    for block in analysis_blocks(source, reverse_right=channels_cancel):
        onsets.push(block.mid)
        pitches.push(block)
        centre.push(block)
    profile = loudness or profiler.finish()
    features = onsets.finish(), pitches.finish(), centre.finish(), profile
    return _build_analysis(*features, source.duration_s), profile


def _build_analysis(
    spectra: SpectraRows,
    pitches: PitchSpectra,
    centre: Centre,
    loudness: LoudnessProfile,
    duration_s: float,
) -> TrackAnalysis:
    """Derive rhythm, sections, grooves, vocals, cues and key from the measured features."""
    rhythm = rhythm_of(spectra)
    music_start_s, music_end_s = music_bounds_s(loudness, duration_s)
    energy = bar_energies(loudness.energies, rhythm, centre)
    sections = find_sections(centre, rhythm, energy, music_start_s, music_end_s)
    vocals = find_vocals(centre)
    cue_ins, cue_outs = find_cues(rhythm, sections, energy, vocals, music_start_s, music_end_s)
    return TrackAnalysis(
        version=VERSION,
        duration_s=duration_s,
        rhythm=rhythm,
        harmony=estimate_key(pitches, rhythm),
        energy=energy,
        sections=sections,
        vocals=vocals,
        loudness_lufs=max(loudness.integrated_lufs, ABSOLUTE_GATE_LUFS),
        bass_share=bass_share(centre),
        music_start_s=music_start_s,
        music_end_s=music_end_s,
        cue_ins=cue_ins,
        cue_outs=cue_outs,
        grooves=find_grooves(spectra, rhythm, sections),
    )
