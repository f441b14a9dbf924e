"""Measure a rendered mashup: timing of its notes, and the sound of its vibe.

A note's measured position is its attack in the rendered clip, less the attack's delay in the true
stem. Its target position follows from the composer's beats: as far into a beat of the mashup as it
is into its song's beat. The only part of the plan that the measurement uses is the mashup's beats.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio_checks.cuts import clicks_at_cuts
from backend.app.analysis.levels.brightness import BrightnessMeter
from backend.app.analysis.rhythm.attacks import attacks_near
from backend.app.analysis.track import analyse
from backend.app.contract.mashups import SectionName, Vibe
from backend.app.dj.harmony import camelot
from backend.app.dj.mashup.contours import edge_levels_lufs
from backend.app.dj.mashup.keys import IN_TUNE, MAX_SEMITONES
from backend.app.dj.mashup.tempo import Clock
from backend.app.dj.tempo_stretch import fold_between
from backend.app.dj.timeline import Clip
from backend.app.dsp.loudness import loudness_range_lu
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.normal_form import TrackReader
from backend.app.render.measure.finished_file import measure
from backend.app.render.player.clip_player import ClipPlayer

from .crate import MashupSong
from .mix import PlayedMashup

Times = npt.NDArray[np.float64]

TEMPO_PERCENT, CENTROID_PERCENT, LOWS_DB, RANGE_LU = 2.0, 5.0, 1.0, 1.0
"""Smallest audible differences side by side: of tempo and loudness as elsewhere in the product; a
spectral centroid 5 % higher is about a shelf of 1 dB."""

_STEP = 30 * SAMPLE_RATE


@dataclass(frozen=True)
class BeatsMeasured:
    """Timing errors of notes and drums in ms, and alignment of bars.

    ``n_sung`` notes are sung in the clips; ``len(voice_ms)`` of them begin clearly enough to
    measure.
    """

    voice_ms: Times
    drums_ms: Times
    n_sung: int
    bars_meet: float
    cut_words: int
    n_cuts: int


@dataclass(frozen=True)
class PartLevels:
    """A part's loudness in its first and last four bars, in LUFS; None for silence."""

    label: SectionName
    levels_lufs: tuple[float, float] | None


@dataclass(frozen=True)
class SoundMeasured:
    """Measurements of the finished mix."""

    vibe: Vibe
    duration_s: float
    tempo_bpm: float
    measured_bpm: float
    centroid_hz: float
    low_share: float
    loudness_range_lu: float
    lufs: float
    asked_lufs: float
    true_peak_dbtp: float
    space_share: float
    n_clicks: int
    """Number of clicks at cuts."""
    contour: tuple[PartLevels, ...]


def measure_beats(played: PlayedMashup) -> BeatsMeasured:
    """Measure every vocal clip and every drum clip alone."""
    clock = Clock.of(played.plan.tempo_bpm, _metre(played))
    voices = [clip for clip in played.plan.timeline.clips if clip.stem == "vocals"]
    drums = [clip for clip in played.plan.timeline.clips if clip.stem == "drums"]
    sung = [_off(played, clip, played.songs[clip.content_hash].notes_s, clock) for clip in voices]
    drummed = [_off(played, clip, played.songs[clip.content_hash].beats_s, clock) for clip in drums]
    cuts = [cut for clip in voices for cut in _cuts(clip, played.songs[clip.content_hash])]
    beats_off = _joined(off.beats for off in (*sung, *drummed))
    return BeatsMeasured(
        voice_ms=_joined(off.ms for off in sung),
        drums_ms=_joined(off.ms for off in drummed),
        n_sung=sum(off.due for off in sung),
        bars_meet=float(np.mean(beats_off % clock.beats_per_bar == 0)) if len(beats_off) else 0.0,
        cut_words=sum(cuts),
        n_cuts=len(cuts),
    )


@dataclass(frozen=True)
class _Off:
    """Timing errors in ms, bar offset in beats, and the number of expected attacks."""

    ms: Times
    beats: Times
    due: int


def _off(played: PlayedMashup, clip: Clip, true_s: list[float], clock: Clock) -> _Off:
    song = played.songs[clip.content_hash]
    truth = np.array(true_s) * SAMPLE_RATE
    due = clip.mixes_at(truth)
    inside = (due > clip.start + 0.02 * SAMPLE_RATE) & (due < clip.sounds_to - 0.1 * SAMPLE_RATE)
    truth, due = truth[inside], due[inside]
    if not len(truth):
        return _Off(np.zeros(0), np.zeros(0), 0)
    with played.open_track(clip.recording) as stem:
        own = attacks_near(stem.read(0, stem.n_samples), truth)
    plain = replace(clip, fade_in=0, fade_out=0, effects=())
    with closing(ClipPlayer(plain, played.open_track, played.open_stretched)) as player:
        sound = player.read(clip.start, clip.sounds_to)
    detected = attacks_near(sound, due - clip.start) + clip.start
    known = np.isfinite(own) & np.isfinite(detected)
    fold = fold_between(clock.tempo_bpm, song.tempo_bpm)
    ratio = song.tempo_bpm / (clock.tempo_bpm * fold)
    # a stretched attack takes longer, too
    at = detected[known] - (own[known] - truth[known]) * ratio
    in_song = np.interp(truth[known] / SAMPLE_RATE, song.beats_s, np.arange(len(song.beats_s)))
    apart = (at - clock.at(0)) / clock.beat - in_song / fold
    whole = np.rint(apart)
    ms = 1000.0 * (apart - whole) * clock.beat / SAMPLE_RATE
    return _Off(ms, whole, len(truth))


def _metre(played: PlayedMashup) -> int:
    return played.songs[played.plan.chosen.instrumental].beats_per_bar


def _joined(parts) -> Times:  # type: ignore[no-untyped-def]
    return np.concatenate([np.zeros(0), *parts])


def _cuts(clip: Clip, song: MashupSong) -> list[bool]:
    """Return for both ends of a vocal clip whether they cut a true note."""
    ends = clip.sources_at(np.array([clip.start, clip.end - 1.0])) / SAMPLE_RATE
    return [any(start + 0.02 < float(at) < end - 0.04 for start, end in song.held_s) for at in ends]


def measure_sound(played: PlayedMashup) -> SoundMeasured:
    """Measure the finished mix."""
    meter = BrightnessMeter()
    with TrackReader(played.mix) as mix:
        levels = measure(_metered(mix, meter), lambda _: None)
        sound = mix.read(0, mix.n_samples)
    detected, _ = analyse([sound])
    clips = played.plan.timeline.clips
    found = clicks_at_cuts(sound, clips, played.open_track, played.open_stretched)
    brightness = meter.finish()
    return SoundMeasured(
        vibe=played.vibe,
        duration_s=levels.n_samples / SAMPLE_RATE,
        tempo_bpm=played.plan.tempo_bpm,
        measured_bpm=detected.rhythm.tempo_bpm,
        centroid_hz=brightness.centroid_hz,
        low_share=brightness.low_share,
        loudness_range_lu=loudness_range_lu(levels.energies),
        lufs=levels.loudness_lufs,
        asked_lufs=played.plan.treatment.loudness_lufs,
        true_peak_dbtp=levels.true_peak_dbtp,
        space_share=played.space_share,
        n_clicks=len(found),
        contour=tuple(
            PartLevels(section.label, edge_levels_lufs(section, levels.energies))
            for section in played.plan.sections
        ),
    )


def _metered(mix: TrackReader, meter: BrightnessMeter) -> Iterator[Samples]:
    """Yield the mix in blocks, and pass each to the meter."""
    for start in range(0, mix.n_samples, _STEP):
        block = mix.read(start, min(_STEP, mix.n_samples - start))
        meter.push(block)
        yield block


def audible_differences(one: SoundMeasured, other: SoundMeasured) -> list[str]:
    """Return the measures in which two vibes of the same songs differ audibly."""
    tempo = 100.0 * (other.tempo_bpm / one.tempo_bpm - 1.0)
    centroid = 100.0 * (other.centroid_hz / one.centroid_hz - 1.0)
    lows_db = 10.0 * math.log10(other.low_share / one.low_share)
    range_lu = other.loudness_range_lu - one.loudness_range_lu
    figures = [
        (f"tempo {tempo:+.1f} %", abs(tempo) >= TEMPO_PERCENT),
        (f"centroid {centroid:+.0f} %", abs(centroid) >= CENTROID_PERCENT),
        (f"lows {lows_db:+.1f} dB", abs(lows_db) >= LOWS_DB),
        (f"range {range_lu:+.1f} LU", abs(range_lu) >= RANGE_LU),
    ]
    return [words for words, is_heard in figures if is_heard]


def steps_lu(sound: SoundMeasured) -> list[float]:
    """Return the step at each part's start, in LU: four bars against the four before."""
    known = [part.levels_lufs for part in sound.contour if part.levels_lufs]
    return [after[0] - before[1] for before, after in pairwise(known)]


def true_distance(singer: MashupSong, under: MashupSong, pitch_semitones: int) -> int:
    """Return the Camelot steps between two true keys after the pitch change."""
    return camelot(singer.key).moved(pitch_semitones).distance(camelot(under.key))


def could_be_in_tune(singer: MashupSong, under: MashupSong) -> bool:
    """Return whether an allowed pitch change brings the keys within one step."""
    moves = range(-MAX_SEMITONES, MAX_SEMITONES + 1)
    return any(true_distance(singer, under, by) <= IN_TUNE for by in moves)
