"""Film a mix that has no film, because YouTube accepts only videos."""

from __future__ import annotations

from pathlib import Path

from ...contract.jobs import MashupRequest, MixtapeRequest
from ...contract.stored_json import read_stored
from ...dj.timeline import Timeline
from ...errors import NotFound
from ...jobs.pipeline import StepContext
from ...video.film_sound import AUDIO_SUFFIXES
from ..files.film_files import FilmSpec, write_film_files
from ..jobs.stored_requests import stored_request
from ..mixtape.inputs import MixtapeInputs
from .job import PublishJob
from .source import PublishSource

_MIXES = ("mix", "mashup", "restyled")


def film_source(ctx: StepContext[PublishJob]) -> None:
    """Write the film and the thumbnail that the mix's own job would have written.

    On one core, because jobs of the work lane run at the same time.
    """
    resources = ctx.job.resources
    write_film_files(ctx, _film_spec(ctx.job), resources.store, resources.ffmpeg, workers=1)


def _film_spec(job: PublishJob) -> FilmSpec:
    source, timeline = job.source, job.source.timeline()
    audio = _sound_of(source)
    if audio is None or timeline is None:
        raise NotFound("The sound of the mix is no longer there.", hint="Make the mix again.")
    return FilmSpec(
        audio=audio,
        timeline=timeline,
        title=job.inputs.title,
        artist=_artist(source, timeline),
        picture=_picture(job),
    )


def _sound_of(source: PublishSource) -> Path | None:
    """The mix's sound file of the best quality."""
    names = [f"{mix}{suffix}" for suffix in AUDIO_SUFFIXES for mix in _MIXES]
    made = (source.path(name) for name in names if source.size_of(name) is not None)
    return next((path for path in made if path.is_file()), None)


def _artist(source: PublishSource, timeline: Timeline) -> str:
    """The requested artist; for stacked songs else all of their artists."""
    request = stored_request(source.kind, source.record.job.request).request
    if isinstance(request, MixtapeRequest | MashupRequest) and request.artist:
        return request.artist
    stacked = [clip.artist for clip in timeline.clips if clip.role == "stem" and clip.artist]
    return ", ".join(dict.fromkeys(stacked))


def _picture(job: PublishJob) -> Path | None:
    """The picture uploaded for a mixtape; other kinds have none."""
    if job.source.kind != "mixtape" or job.source_inputs is None:
        return None
    name = read_stored(MixtapeInputs, job.source_inputs).picture
    path = job.resources.store.image_path(name) if name else None
    return path if path and path.is_file() else None
