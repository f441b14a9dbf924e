"""The step that films a mix which was made without a film: YouTube takes nothing but videos."""

from __future__ import annotations

from pathlib import Path

from ..contract.jobs import MashupRequest, MixtapeRequest
from ..dj.timeline import Timeline
from ..errors import NotFound
from ..jobs.pipeline import StepContext
from ..media.ffmpeg import find_ffmpeg
from ..video.movie import Workshop
from .film import AUDIO_SUFFIXES, WantedFilm, write_film, write_thumbnail
from .job_views import request_of
from .mix_files import FILM, THUMBNAIL
from .publish_inputs import PublishJob
from .publish_source import PublishSource

_MIXES = ("mix", "mashup", "restyled")


def film_source(ctx: StepContext[PublishJob]) -> None:
    """Film the mix, and draw its thumbnail, as a mixtape with a film would have them.

    On one core: the work lane goes on meanwhile.
    """
    job, settings = ctx.job, ctx.job.settings
    wanted = _wanted(job)
    ffmpeg, scratch = find_ffmpeg(settings.ffmpeg_binary), ctx.workspace.scratch("film")
    workshop = Workshop(ffmpeg, scratch, workers=1)
    with ctx.workspace.write(FILM, "video/mp4") as path:
        write_film(wanted, job.content, workshop, path, ctx.progress)
    with ctx.workspace.write(THUMBNAIL, "image/jpeg") as path:
        write_thumbnail(wanted, path)


def _wanted(job: PublishJob) -> WantedFilm:
    source, timeline = job.source, job.source.timeline()
    audio = sound_of(source)
    if audio is None or timeline is None:
        raise NotFound("The sound of the mix is no longer there.", hint="Make the mix anew.")
    return WantedFilm(
        audio=audio,
        timeline=timeline,
        title=job.inputs.title,
        artist=_artist(source, timeline),
        picture=_picture(job),
    )


def sound_of(source: PublishSource) -> Path | None:
    """The best of the mix's sound files."""
    names = [f"{mix}{suffix}" for suffix in AUDIO_SUFFIXES for mix in _MIXES]
    made = (source.folder / name for name in names if source.size_of(name) is not None)
    return next((path for path in made if path.is_file()), None)


def _artist(source: PublishSource, timeline: Timeline) -> str:
    """Whom the request names; where songs are stacked, else, all that are heard."""
    request = request_of(source.record.job.request)
    if isinstance(request, MixtapeRequest | MashupRequest) and request.artist:
        return request.artist
    stacked = [clip.artist for clip in timeline.clips if clip.role == "stem" and clip.artist]
    return ", ".join(dict.fromkeys(stacked))


def _picture(job: PublishJob) -> Path | None:
    """The picture that a mixtape came with; nothing else has one."""
    if job.source.kind != "mixtape" or job.source_inputs is None:
        return None
    from .mixtape_inputs import MixtapeInputs  # it brings the separators, of use to no upload

    name = MixtapeInputs.model_validate_json(job.source_inputs).picture
    path = job.content.image_path(name) if name else None
    return path if path and path.is_file() else None
