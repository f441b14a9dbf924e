"""The tasks of a mixtape's rendering: one for each segment of its MP3 and M4A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...dsp.samples import SAMPLE_RATE
from ...jobs.pipeline import StepContext, TaskList
from ...render.aac.encode import AacSegments
from ...render.aac.segments import Segment as AacSegment
from ...render.files.encode import Encoding, Output, aac_segments, mp3_encoder
from ...render.files.tags import MixTags
from ...render.mp3.encode import first_warm_up
from ...render.mp3.segments import Segment, SegmentEncoder, cut_in_minutes
from ..files.artifacts import read_timeline
from ..jobs.pieces import Piece, Progress, counting, tasks_of
from .costs import ENCODING, PLAYING
from .job import MixtapeJob
from .render import files_of, format_of, mix_outputs

_IN_SEGMENTS = frozenset({"mp3", "m4a"})


def mixing_tasks(ctx: StepContext[MixtapeJob]) -> TaskList:
    """List the segments to render and encode.

    There are none if another format is requested, which is one stream and is best encoded beside
    the segments, or if most segments are copied from a base.
    """
    job = ctx.job
    names = [name for name, _ in files_of(job.request)]
    if job.inputs.base is not None or not {format_of(name) for name in names} <= _IN_SEGMENTS:
        return tasks_of((), job.workers)
    timeline = read_timeline(ctx.workspace)
    scratch = ctx.workspace.scratch("segments")
    nameless = MixTags("", "", length=timeline.length)
    encoding = Encoding(timeline.length, nameless, job.ffmpeg, scratch)
    outputs = mix_outputs(job, timeline, {name: scratch / name for name in names})
    pieces = [piece for output in outputs for piece in _pieces(encoding, output)]
    return tasks_of(pieces, job.workers)


def _pieces(encoding: Encoding, output: Output) -> Iterator[Piece]:
    if output.format == "mp3":
        encoder = mp3_encoder(encoding, output)
        for segment in cut_in_minutes(encoding.length):
            yield _mp3_piece(encoder, segment)
    else:
        segments = aac_segments(encoding, output)
        for one in segments.all:
            yield _aac_piece(segments, one, output)


def _mp3_piece(encoder: SegmentEncoder, segment: Segment) -> Piece:
    warm_up = first_warm_up(segment)
    start, end = encoder.stretch(segment, warm_up)

    def run(progress: Progress) -> Sequence[Path]:
        counted = replace(encoder, count=counting(progress, end - start))
        return [counted.encode(segment, warm_up)]

    path = encoder.path(segment, warm_up)
    return Piece(f"mp3-{segment.first}", _cost_s("mp3", end - start), run, path.exists())


def _aac_piece(segments: AacSegments, segment: AacSegment, output: Output) -> Piece:
    n_samples = segment.end - segment.start
    path = segments.path(segment)

    def run(progress: Progress) -> Sequence[Path]:
        if not path.exists():
            segments.encode(segment, output.play, counting(progress, n_samples))
        return [path]

    return Piece(f"m4a-{segment.first}", _cost_s("m4a", n_samples), run, path.exists())


def _cost_s(kind: str, n_samples: int) -> float:
    minutes = n_samples / SAMPLE_RATE / 60.0
    return minutes * (PLAYING + (ENCODING["mp3"] if kind == "mp3" else ENCODING["m4a"]))
