"""The overlaps of beat-matched joins, and their figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ....dj.deck import DeckTrack, Grid, grid_of
from ....dj.joins.candidates import MATCHED
from ....dj.joins.report import times_where_both_sound
from ....dj.timeline import Clip, Timeline, Transition
from ....dsp.samples import SAMPLE_RATE
from ....media.normal_form import TrackReader
from ....render.measure.blind_join import BlindListener, Pulse
from ....render.measure.join_metrics import JoinAnalyser, Times, join_hash, plain_clip
from ....render.player.stretched_segments import StretchedSegment
from ...tracks.recordings import open_recording
from ...tracks.stretched import open_stretched
from ..job import MixtapeJob
from ..reuse.mp3 import JoinFigures

NO_FIGURES = JoinFigures(beat_error_ms=None, beat_error_p95_ms=None, bass_both_share=0.0)


@dataclass(frozen=True, slots=True)
class DeckFiles:
    """Opens the files that clips play; a stretched segment is rendered if it isn't cached."""

    open_track: Callable[[str], TrackReader]
    open_stretched: Callable[[StretchedSegment], TrackReader]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two clips whose beats play together, and those beats in samples of the mix."""

    clips: tuple[Clip, Clip]
    beats: tuple[Times, Times]
    beats_per_bar: int = 4

    @property
    def key(self) -> str:
        """A hash of everything on which the overlap's figures depend."""
        return join_hash(self.clips, self.beats, self.beats_per_bar)

    @property
    def plain(self) -> Overlap:
        """The same overlap without fades, effects and stems."""
        return replace(self, clips=(plain_clip(self.clips[0]), plain_clip(self.clips[1])))

    @property
    def pulse(self) -> Pulse | None:
        """The length of its beats and bars, but not where they are."""
        return Pulse.of(self.beats, self.beats_per_bar)


def deck_files(job: MixtapeJob) -> DeckFiles:
    """The files of a job's tracks."""
    return DeckFiles(partial(open_recording, job.store), partial(open_stretched, job.store))


def overlaps_of(timeline: Timeline, decks: Sequence[DeckTrack]) -> list[Overlap | None]:
    """Where the beats of both tracks play together, for each join; None if they are not matched."""
    grids = [grid_of(deck) for deck in decks]
    return [
        _overlap(timeline, join, grids[index], grids[index + 1])
        for index, join in enumerate(timeline.transitions)
    ]


def measure_beats(files: DeckFiles, overlap: Overlap) -> JoinFigures:
    """Measure only how far the beats are apart in the sound."""
    pulse = overlap.pulse
    if pulse is None:
        return NO_FIGURES
    listener = BlindListener(files.open_track, files.open_stretched)
    blind = listener.beats_of(overlap.clips, pulse)
    return NO_FIGURES.model_copy(
        update={
            "beats_apart_ms": round(blind.apart_ms, 1),
            "beats_apart": round(blind.apart_beats, 3),
            "beats_drift_ms": round(blind.drift_ms, 1),
            "beats_coherence": round(blind.coherence, 3),
        }
    )


def with_grid_figures(files: DeckFiles, overlap: Overlap, figures: JoinFigures) -> JoinFigures:
    """Add what is measured near the planned beats, and the share with both basses."""
    analyser = JoinAnalyser(files.open_track, files.open_stretched)
    metrics = analyser.analyse(overlap.clips, overlap.beats)
    errors_ms, has_beats = metrics.beat_errors_ms, len(metrics.beat_errors_ms) > 0
    return figures.model_copy(
        update={
            "beat_error_ms": round(float(np.median(errors_ms)), 2) if has_beats else None,
            "beat_error_p95_ms": (
                round(float(np.percentile(errors_ms, 95)), 2) if has_beats else None
            ),
            "bass_both_share": round(metrics.bass_both_share, 3),
        }
    )


def measure_overlap(files: DeckFiles, overlap: Overlap) -> JoinFigures:
    """Measure an overlap on its two tracks, each rendered alone."""
    return with_grid_figures(files, overlap, measure_beats(files, overlap))


def _overlap(
    timeline: Timeline, join: Transition, out: Grid | None, into: Grid | None
) -> Overlap | None:
    if join.kind not in MATCHED or out is None or into is None:
        return None
    clips = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    loop, beats_s = clips[0].loop, out.beats_s
    if loop:
        beats_s = loop.written_out(beats_s * SAMPLE_RATE) / SAMPLE_RATE
    out_beats = SAMPLE_RATE * times_where_both_sound(beats_s, clips[0], clips[1])
    in_beats = SAMPLE_RATE * times_where_both_sound(into.beats_s, clips[1], clips[0])
    return Overlap(clips, (out_beats, in_beats), out.beats_per_bar)
