"""The film of a mixtape: a card for each track over the finished sound, and a thumbnail."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from ..contract.jobs import VideoOptions
from ..dj.timeline import Timeline
from ..jobs.pipeline import StepContext
from ..video.backdrop import Backdrop, backdrop, frame_size
from ..video.cards import Card, draw_card
from ..video.movie import CardStretch, Words, Workshop, render_movie
from ..video.thumbnail import SIZE, draw_thumbnail, jpeg_bytes
from .mixtape_inputs import MixtapeJob, MixTrack
from .mixtape_order import ordered_tracks
from .mixtape_plan import planned
from .mixtape_sound import FILM_SOUND


def film_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Draw the cards, film them, and draw the thumbnail."""
    job, timeline = ctx.job, planned(ctx.workspace)
    video = job.request.video or VideoOptions()
    size = frame_size(video.height)
    title = job.inputs.title
    behind = backdrop(job.picture, seed=title, size=size)
    with ctx.workspace.write("mix.mp4", "video/mp4") as path:
        render_movie(
            _cards(job, ordered_tracks(job, ctx.workspace), timeline, behind),
            audio=ctx.workspace.path(FILM_SOUND),
            length=timeline.length,
            size=size,
            words=Words(title, job.request.artist, timeline.chapters),
            out=path,
            workshop=Workshop(job.ffmpeg, ctx.workspace.scratch("film"), job.workers),
            progress=ctx.progress,
        )
    small = backdrop(job.picture, seed=title, size=SIZE)
    thumbnail = draw_thumbnail(
        small, mix_title=title, n_tracks=len(job.inputs.tracks), duration_s=timeline.duration_s
    )
    with ctx.workspace.write("thumbnail.jpg", "image/jpeg") as path:
        path.write_bytes(jpeg_bytes(thumbnail))


def _cards(
    job: MixtapeJob, tracks: Sequence[MixTrack], timeline: Timeline, behind: Backdrop
) -> list[CardStretch]:
    """A card for each chapter, from where it begins; a chapter is a clip's."""
    edges = [chapter.start for chapter in timeline.chapters] + [timeline.length]
    cards = []
    for number, (track, (start, end)) in enumerate(
        zip(tracks, pairwise(edges), strict=True), start=1
    ):
        card = Card(
            number=number,
            total=len(tracks),
            title=track.title,
            artist=track.artist,
            mix_title=job.inputs.title,
            stretch=(start / timeline.length, end / timeline.length),
            cover=job.content.cover_path(track.content) if track.has_cover else None,
        )
        cards.append(CardStretch(partial(draw_card, behind, card), start))
    return cards
