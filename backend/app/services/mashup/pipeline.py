"""The steps of a mashup job."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...contract.jobs import VideoOptions
from ...contract.mashups import MashupReport, MashupSection
from ...contract.mixes import TimelineView
from ...contract.stems import STEM_NAMES
from ...contract.stored_json import read_stored
from ...dj.timeline import Clip
from ...jobs.pipeline import Pipeline, Step, StepContext
from ...publishing.metadata.chapters import ListedChapter
from ...publishing.metadata.metadata_writer import MetadataWriter
from ...video.film_sound import best_sound
from ..files.film_files import FilmSpec, write_film_files
from ..files.names import REPORT, TIMELINE, TRACKLIST
from ..jobs.resources import JobResources
from ..metadata.facts import mashup_facts
from ..metadata.write import describe_step, write_metadata
from ..stems.separate import limit_s
from ..stems.separation_job import separation_pipeline, separation_steps
from .inputs import MashupInputs
from .job import MashupJob
from .plan import Decisions, mix_stems, read_decisions, read_timeline
from .render import files_of, write_files, write_stems
from .report import check_files
from .songs import analyse_songs


def master_mashup(ctx: StepContext[MashupJob]) -> None:
    """Write the files, measure them, write the report and the tracklist."""
    job = ctx.job
    written_at = 0.7 if job.request.stems else 0.5
    brightness = write_files(ctx.part(0.0, 0.5))
    if job.request.stems:
        write_stems(ctx.part(0.5, written_at))
    check_files(ctx.part(written_at, 0.95), brightness)
    timeline, _ = read_timeline(ctx.workspace)
    text = tracklist(job.title(timeline), timeline.clips, read_decisions(ctx.workspace))
    ctx.workspace.write_text(TRACKLIST, text)


def film_mashup(ctx: StepContext[MashupJob]) -> None:
    """Film the mashup with a single card, and draw the thumbnail."""
    job, timeline = ctx.job, read_timeline(ctx.workspace)[0]
    film = FilmSpec(
        audio=ctx.workspace.path(best_sound(files_of(job))),
        timeline=timeline,
        title=job.title(timeline),
        artist=job.artist(timeline),
        picture=None,
        height=(job.request.video or VideoOptions()).height,
    )
    write_film_files(ctx, film, job.store, job.ffmpeg, job.workers)


def describe_mashup(ctx: StepContext[MashupJob], writer: MetadataWriter) -> None:
    """Write the mashup's metadata."""
    view = ctx.workspace.read_shape(TIMELINE, TimelineView)
    report = ctx.workspace.read_shape(REPORT, MashupReport)
    facts = mashup_facts(view, report.title, report, ctx.job.inputs.tracks)
    write_metadata(ctx, writer, facts, ctx.job.request.description)


def tracklist(title: str, clips: Sequence[Clip], plan: Decisions) -> str:
    """Write the title, a line for each song, and a line for each section."""
    lines = [title, "", *_songs(clips), "", *map(_section, plan.sections)]
    return "\n".join(lines) + "\n"


def _songs(clips: Sequence[Clip]) -> list[str]:
    """List a line for each song, in the order in which they begin."""
    lines = []
    for track_id in dict.fromkeys(clip.track_id for clip in clips):
        of_track = [clip for clip in clips if clip.track_id == track_id]
        stems = {clip.stem for clip in of_track}
        name = " - ".join(filter(None, [of_track[0].artist, of_track[0].title]))
        lines.append(f"{name}: {', '.join(stem for stem in STEM_NAMES if stem in stems)}")
    return lines


def _section(section: MashupSection) -> str:
    start = ListedChapter(int(section.start_s), section.label)
    return f"{start.stamp} {section.label}: {section.reason}"


# All steps except "describing". Weights are CPU seconds for a second of music, measured on one
# core.
STEPS: tuple[Step[MashupJob], ...] = (
    *separation_steps(MashupJob),
    Step("analysing", analyse_songs, weight=0.03),
    Step("mixing", mix_stems, weight=0.1, limit_s=limit_s),
    Step("mastering", master_mashup, weight=0.06, limit_s=limit_s),
    Step("filming", film_mashup, weight=0.01, when=lambda job: job.request.video is not None),
)


def mashup_pipeline(resources: JobResources, writer: MetadataWriter) -> Pipeline[MashupJob]:
    """The pipeline of a mashup job."""
    steps = (*STEPS, describe_step(describe_mashup, writer))
    return separation_pipeline(resources, partial(read_stored, MashupInputs), MashupJob, steps)
