"""Measure the whole rendered mix: loudness, peaks, clicks, gaps, unchanged tracks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_checks.discontinuities import clicks, gaps
from audio_checks.levels import true_peak_db
from backend.app.dj.timeline import Clip
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import SAMPLE_RATE, Samples, gain_of_db
from backend.app.media.normal_form import TrackReader
from backend.app.render.player.stretched_segments import stretched_segment_of

from .mix import LIMITER_OFF_DB, PlayedSet

Times = npt.NDArray[np.float64]

_STEP = 30 * SAMPLE_RATE
_MARGIN = SAMPLE_RATE  # context before and after, which is needed to detect a click or a gap
_SAME_S = 0.012  # a click in the mix this near to where a track has one is the track's
_GAP_S = 0.05


@dataclass(frozen=True)
class SoundMeasured:
    """Measurements of the whole mix; ``energies`` are K-weighted, one per 100 ms.

    ``clicks_s`` and ``gaps_s`` are those that no track contains. ``body_s`` is how much was
    compared with the tracks sample for sample, ``body_differs`` the clips that differ from their
    track.
    """

    energies: Times
    lufs: float
    true_peak_dbtp: float
    clicks_s: list[float]
    gaps_s: list[float]
    body_s: float
    body_differs: list[str]


def measure_sound(played: PlayedSet) -> SoundMeasured:
    """Measure the rendered file and its tracks in one pass."""
    meter, peaks, found, holes = LoudnessMeter(), [-200.0], [], []
    with TrackReader(played.mix) as mix:
        for start in range(0, mix.n_samples, _STEP):
            meter.push(mix.read(start, min(_STEP, mix.n_samples - start)))
            sound, begin = _round(mix, start)
            peaks.append(true_peak_db(sound))
            found += [at for at in _clicks(sound, begin) if start <= at < start + _STEP]
            holes += [
                (a * SAMPLE_RATE + begin, b * SAMPLE_RATE + begin)
                for a, b in gaps(sound, longer_s=_GAP_S)
                if start <= a * SAMPLE_RATE + begin < start + _STEP
            ]
    own_clicks, own_gaps = _of_tracks(played)
    body_s, differs = _bodies(played)
    return SoundMeasured(
        energies=meter.energies,
        lufs=integrated_lufs(meter.energies),
        true_peak_dbtp=max(peaks),
        clicks_s=[at / SAMPLE_RATE for at in found if _far(at, own_clicks)],
        gaps_s=[a / SAMPLE_RATE for a, b in holes if not _covered(a, b, own_gaps)],
        body_s=body_s,
        body_differs=differs,
    )


def _round(reader: TrackReader, start: int) -> tuple[Samples, int]:
    """Read a step of a file with a second before and after; return where that begins."""
    begin, end = max(start - _MARGIN, 0), min(start + _STEP + _MARGIN, reader.n_samples)
    return reader.read(begin, end - begin), begin


def _clicks(sound: Samples, begin: int, **how: float) -> list[float]:
    return [at * SAMPLE_RATE + begin for at in clicks(sound, **how)]


def _far(at: float, known: Times) -> bool:
    return not len(known) or float(np.abs(known - at).min()) > _SAME_S * SAMPLE_RATE


def _covered(a: float, b: float, own: list[tuple[float, float]]) -> bool:
    slack = 0.03 * SAMPLE_RATE
    return any(x - slack <= a and b <= y + slack for x, y in own)


def _of_tracks(played: PlayedSet) -> tuple[Times, list[tuple[float, float]]]:
    """Return the tracks' own clicks and gaps in mix samples, with a lower threshold."""
    found: list[Times] = []
    holes: list[tuple[float, float]] = []
    for clip in played.plan.timeline.clips:
        with played.files.open_track(clip.content_hash) as track:
            sound = track.read(0, track.n_samples)
        found.append(clip.mixes_at(np.array(_clicks(sound, 0, ratio=1.2, floor=0.005))))
        # A pause that is as quiet as a gap once it is played, with 6 dB to spare.
        own = gaps(sound, longer_s=0.01, floor_db=-54 - clip.gain_db)
        at = clip.mixes_at(np.array(own).reshape(-1) * SAMPLE_RATE).reshape(-1, 2)
        holes += [(float(a), float(b)) for a, b in at]
    return np.concatenate([np.zeros(0), *found]), holes


def _bodies(played: PlayedSet) -> tuple[float, list[str]]:
    """Compare the mix with its tracks outside joins; return seconds compared, clips that differ."""
    player, compared, differs = played.player(LIMITER_OFF_DB), 0, []
    for index, clip in enumerate(played.plan.timeline.clips):
        start, end = _body(played, index)
        if start >= end:
            continue
        compared += end - start
        with (
            played.files.open_track(clip.content_hash) as track,
            closing(player.play(start, end)) as mix,
        ):
            same = all(
                np.array_equal(block, own) for block, own in _beside(mix, track, clip, start)
            )
        if not same:
            differs.append(clip.content_hash)
    return compared / SAMPLE_RATE, differs


def _body(played: PlayedSet, index: int) -> tuple[int, int]:
    """Return where a clip plays alone, unfaded, unfiltered and at its own tempo."""
    clips = played.plan.timeline.clips
    clip, piece = clips[index], stretched_segment_of(clips[index])
    start = max([clip.start + clip.fade_in, *(other.end for other in clips[:index])])
    end = min([clip.sounds_to, clip.end - clip.fade_out, *(c.start for c in clips[index + 1 :])])
    start = max(start, clip.start + (piece.length if piece else 0))
    for effect in clip.effects:
        if effect.start <= start < effect.end:
            start = effect.end
        elif start < effect.start < end:
            end = effect.start
    # where an echo begins, the clip's own sound has a short fade
    return start, end - (SAMPLE_RATE // 100 if clip.echo else 0)


def _beside(
    mix: Iterator[Samples], track: TrackReader, clip: Clip, start: int
) -> Iterator[tuple[Samples, Samples]]:
    gain = np.float32(gain_of_db(clip.gain_db))
    at = start + clip.body_offset
    for block in mix:
        yield block, track.read(at, block.shape[1]) * gain
        at += block.shape[1]
