"""The film of a mixtape: a card for each track over the finished sound, and a thumbnail."""

from __future__ import annotations

from ..contract.jobs import VideoOptions
from ..jobs.pipeline import StepContext
from ..video.movie import Workshop
from .film import WantedFilm, write_film, write_thumbnail
from .mix_files import FILM, THUMBNAIL
from .mixtape_inputs import MixtapeJob
from .mixtape_plan import planned
from .mixtape_sound import FILM_SOUND


def film_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Draw the cards, film them, and draw the thumbnail."""
    job = ctx.job
    wanted = WantedFilm(
        audio=ctx.workspace.path(FILM_SOUND),
        timeline=planned(ctx.workspace),
        title=job.inputs.title,
        artist=job.request.artist,
        picture=job.picture,
        height=(job.request.video or VideoOptions()).height,
    )
    workshop = Workshop(job.ffmpeg, ctx.workspace.scratch("film"), job.workers)
    with ctx.workspace.write(FILM, "video/mp4") as path:
        write_film(wanted, job.content, workshop, path, ctx.progress)
    with ctx.workspace.write(THUMBNAIL, "image/jpeg") as path:
        write_thumbnail(wanted, path)
