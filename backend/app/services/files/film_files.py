"""Write a finished sound's film, with a card for each track, and its thumbnail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...contract.jobs import VideoOptions
from ...dj.timeline import Timeline
from ...jobs.pipeline import JobT, StepContext, TaskList
from ...render.files.tags import MixTags
from ...store.files.blobs import ContentStore
from ...video.backdrop import Backdrop, backdrop, frame_size
from ...video.cards import Card, draw_card
from ...video.cut_list import Cut
from ...video.film import FilmTools, TimedCard, cuts_of, group_encoder, render_film
from ...video.film_sound import film_sound
from ...video.saved_groups import restore_groups, save_groups
from ...video.thumbnail import MAX_BYTES, SIZE, draw_thumbnail, jpeg_bytes
from ..jobs.pieces import Piece, tasks_of
from .names import FILM, FILM_GROUPS, THUMBNAIL

# Share of the time for encoding the sound; the pictures take the rest.
_SOUND_SHARE = 0.4
# CPU seconds for a group of 1080 lines.
_GROUP_COST = 0.7


@dataclass(frozen=True, slots=True)
class FilmSpec:
    """What to film: a finished sound, its timeline and its names.

    ``picture`` is the background; without one, colours are derived from the title. ``base_groups``
    is the archive of the base mix's encoded picture groups.
    """

    audio: Path
    timeline: Timeline
    title: str
    artist: str
    picture: Path | None
    height: int = VideoOptions().height
    base_groups: Path | None = None


def write_film_files(
    ctx: StepContext[JobT], film: FilmSpec, store: ContentStore, ffmpeg: Path, workers: int
) -> None:
    """Write film and thumbnail as artifacts of the job."""
    tools = FilmTools(ffmpeg, ctx.workspace.scratch("film"), workers)
    if film.base_groups is not None:
        restore_groups(film.base_groups, tools.scratch)
    with ctx.workspace.write(FILM, "video/mp4") as path:
        groups = write_film(film, store, tools, path, ctx.progress)
    with ctx.workspace.write(FILM_GROUPS) as path:
        save_groups(groups, path)
    with ctx.workspace.write(THUMBNAIL, "image/jpeg") as path:
        write_thumbnail(film, path)


def film_tasks(
    ctx: StepContext[JobT], film: FilmSpec, store: ContentStore, ffmpeg: Path, workers: int
) -> TaskList:
    """List the film's groups of pictures as tasks; none if most are copied from a base."""
    if film.base_groups is not None:
        return tasks_of((), workers)
    size = frame_size(film.height)
    tools = FilmTools(ffmpeg, ctx.workspace.scratch("film"), workers)
    cards = _cards(film, store, backdrop(film.picture, seed=film.title, size=size))
    encoder = group_encoder(cards, size, tools)

    def encode(cut: Cut, progress: Callable[[float], None]) -> Sequence[Path]:
        path = encoder.encode(cut)
        progress(1.0)
        return [path]

    cost_s = _GROUP_COST * (film.height / 1080.0) ** 2
    cuts = cuts_of(cards, film.timeline.length)
    return tasks_of(
        [Piece(str(number), cost_s, partial(encode, cut)) for number, cut in enumerate(cuts)],
        workers,
    )


def write_film(
    film: FilmSpec,
    store: ContentStore,
    tools: FilmTools,
    out: Path,
    progress: Callable[[float], None],
) -> list[Path]:
    """Write the film as an MP4: a card for each track, or a single card without tracks.

    Returns the film's picture groups.
    """
    timeline, size = film.timeline, frame_size(film.height)
    sound_share = 0.0 if film.audio.suffix == ".m4a" else _SOUND_SHARE
    sound = film_sound(film.audio, timeline.duration_s, tools)
    progress(sound_share)
    chapters = tuple((chapter.start, chapter.title) for chapter in timeline.chapters)
    return render_film(
        _cards(film, store, backdrop(film.picture, seed=film.title, size=size)),
        audio=sound,
        tags=MixTags(film.title, film.artist, chapters=chapters, length=timeline.length),
        size=size,
        out=out,
        tools=tools,
        progress=lambda done: progress(sound_share + (1.0 - sound_share) * done),
    )


def write_thumbnail(film: FilmSpec, out: Path, max_bytes: int = MAX_BYTES) -> None:
    """Draw the thumbnail as a JPEG of at most ``max_bytes``."""
    background = backdrop(film.picture, seed=film.title, size=SIZE)
    clips = film.timeline.clips
    stacked = {clip.track_id for clip in clips if clip.role == "stem"}
    picture = draw_thumbnail(
        background,
        mix_title=film.title,
        n_tracks=len(stacked) or sum(clip.role == "track" for clip in clips),
        duration_s=film.timeline.duration_s,
    )
    out.write_bytes(jpeg_bytes(picture, max_bytes))


def _cards(film: FilmSpec, store: ContentStore, background: Backdrop) -> list[TimedCard]:
    """A card for each track's chapter; a single card for stacked songs."""
    timeline = film.timeline
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    if not tracks or len(tracks) != len(timeline.chapters):
        card = Card(1, 1, film.title, film.artist, "")
        return [TimedCard(partial(draw_card, background, card), 0)]
    cards = []
    for index, (track, chapter) in enumerate(zip(tracks, timeline.chapters, strict=True)):
        cover = store.cover_path(track.content_hash)
        card = Card(
            number=index + 1,
            total=len(tracks),
            title=track.title,
            artist=track.artist,
            mix_title=film.title,
            cover=cover if cover.exists() else None,
        )
        cards.append(TimedCard(partial(draw_card, background, card), chapter.start))
    return cards
