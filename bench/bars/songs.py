"""Label the half beats of songs with known bars, composed or real."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from backend.app.analysis.mid_side import analysis_blocks
from backend.app.analysis.rhythm.bar_path import with_halves
from backend.app.analysis.rhythm.onsets import (
    Onsets,
    RhythmSpectra,
    SpectraAnalyser,
    onset_strengths,
)
from backend.app.analysis.rhythm.rhythm_analyser import rhythm_of
from backend.app.analysis.rhythm.tempo_octave import relative_onsets
from backend.app.dsp.samples import Samples

from ..mir.corpus import MirSong
from ..real.reference import RealTrack
from ..real.scores import CLOSE_S
from .windows import ON_BEAT, UNKNOWN, LabelledSong

SAME_LEVEL = 0.1  # beats within this share of the reference's length count as at its level


def spectra_of(samples: Samples) -> RhythmSpectra:
    """Measure the spectra of a track, as the analysis does."""
    analyser = SpectraAnalyser()
    for block in analysis_blocks([samples]):
        analyser.push(block.mid)
    return analyser.finish()


def composed_examples(
    songs: Sequence[MirSong],
) -> Iterator[tuple[LabelledSong, RhythmSpectra, Onsets]]:
    """Label the half beats of composed songs; the genre is their group."""
    for song in songs:
        beats_s, downbeats_s = song.beats(), song.downbeats()
        is_down = np.abs(beats_s[:, None] - downbeats_s[None, :]).min(axis=1) < 1e-3
        index = np.arange(len(beats_s))
        last = np.maximum.accumulate(np.where(is_down, index, -1))
        first = int(is_down.argmax())
        places = np.full(2 * len(beats_s) - 1, UNKNOWN)
        places[::2] = 2 * np.where(last >= 0, index - last, (index - first) % song.beats_per_bar)
        spectra = spectra_of(song.samples())
        relative = relative_onsets(onset_strengths(spectra.bands))
        halves_s = with_halves(beats_s)
        yield (
            LabelledSong(song.name, song.genre, halves_s, places, song.beats_per_bar),
            spectra,
            relative,
        )


def real_examples(
    tracks: Sequence[RealTrack],
) -> Iterator[tuple[LabelledSong, RhythmSpectra, Onsets]]:
    """Label the detected half beats of real tracks where they meet agreed beats.

    The artist is the group. Tracks heard at another tempo than the reference's, its half or its
    double are left out.
    """
    for track in tracks:
        spectra = spectra_of(track.samples())
        relative = relative_onsets(onset_strengths(spectra.bands))
        beats_s = np.asarray(rhythm_of(spectra).beats_s)
        labelled = _labelled(track, beats_s) if len(beats_s) > 1 and track.stretches else None
        if labelled is not None:
            yield labelled, spectra, relative


def _labelled(track: RealTrack, beats_s: np.ndarray) -> LabelledSong | None:
    true_s = np.concatenate([stretch.beats_s for stretch in track.stretches])
    numbers = np.concatenate([stretch.bar_positions for stretch in track.stretches])
    metre = track.stretches[0].metre
    ratio = float(np.median(np.diff(beats_s)) / np.median(np.diff(true_s)))
    if abs(ratio - 2.0) < SAME_LEVEL:
        beats_s = with_halves(beats_s)
    elif abs(ratio - 1.0) > SAME_LEVEL:
        return None
    halves_s = with_halves(beats_s)
    apart = np.abs(halves_s[:, None] - true_s[None, :])
    number = numbers[apart.argmin(axis=1)]
    counted = (number >= 0) & (metre == 4)
    places = np.where(counted, 2 * number, ON_BEAT)
    places = np.where(apart.min(axis=1) < CLOSE_S, places, UNKNOWN)
    return LabelledSong(track.name, track.artist, halves_s, places, 4)


def folders_songs(folders: Sequence[Path]) -> list[MirSong]:
    """Read all songs with a truth file of some folders."""
    from ..mir.corpus import given

    return [song for folder in folders for song in given(folder)]
