"""Write a mashup's files: the mastered mix in every format, and its stems."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from ...contract.jobs import AudioFormat
from ...contract.stems import FOUR_STEMS, StemName
from ...dj.levels.track_gains import forecast, gain_shift_db
from ...dj.timeline import Clip, Timeline
from ...jobs.pipeline import StepContext
from ...media.stem_file_format import open_derived
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.formats import CEILINGS_DBTP, MEDIA_TYPES
from ...render.files.tags import MixTags
from ...render.player.player import Level, Player
from ...video.backdrop import square
from ...video.thumbnail import jpeg_bytes
from ..mixtape.render import COVER_SIDE
from .job import MashupJob
from .plan import PREMASTER, premaster_loudness, premaster_player, read_timeline

#: Full scale of a stem's file; before the effects no music reaches it.
STEM_CEILING_DBTP = 0.0

STEM_COMMENT = "A stem of a mashup as it is mixed: before the vibe's effects and the mastering."


def files_of(job: MashupJob) -> dict[str, AudioFormat]:
    """The finished files by name; each format once."""
    return {f"mashup.{kind}": kind for kind in dict.fromkeys(job.request.formats)}


def write_files(ctx: StepContext[MashupJob]) -> None:
    """Limit and encode the mix in every format, in parallel."""
    timeline, _ = read_timeline(ctx.workspace)
    scratch = ctx.workspace.scratch("files")
    cover = scratch / "cover.jpg"
    cover.write_bytes(jpeg_bytes(square(None, seed=ctx.job.title(timeline), side=COVER_SIDE)))
    mix = _premaster_player(ctx)
    players = {
        name: (kind, mix.at(level_for(ctx, kind))) for name, kind in files_of(ctx.job).items()
    }
    _encode(ctx, players, replace(_tags(ctx), cover=cover))


def write_stems(ctx: StepContext[MashupJob]) -> None:
    """Write the mashup's stems, each summed over all songs; none for a stem that does not play.

    Together they are the mix before the vibe's effects.
    """
    timeline, _ = read_timeline(ctx.workspace)
    players: dict[str, tuple[AudioFormat, Player]] = {
        f"stems/{stem}.flac": ("flac", premaster_player(ctx.job, part, STEM_CEILING_DBTP))
        for stem, part in stem_parts(timeline).items()
    }
    _encode(ctx, players, replace(_tags(ctx), comment=STEM_COMMENT))


def stem_parts(timeline: Timeline) -> dict[StemName, Timeline]:
    """The clips of each of the four stems; further stems of a model are part of ``other``."""
    parts: dict[StemName, Timeline] = {}
    for stem in FOUR_STEMS:
        clips = tuple(clip for clip in timeline.clips if _file_of(clip) == stem)
        if clips:
            parts[stem] = Timeline(clips)
    return parts


def level_for(ctx: StepContext[MashupJob], kind: AudioFormat) -> Level:
    """The level of a format: the gain leads from the mix after the effects to the limiter."""
    ceiling_dbtp = CEILINGS_DBTP[kind]
    gain_db = gain_shift_db(
        _premaster(ctx, 0.0),
        [premaster_loudness(ctx.workspace)],
        ctx.job.loudness_lufs,
        ceiling_dbtp=ceiling_dbtp,
    )
    return Level(ceiling_dbtp, gain_db)


def limited_db(ctx: StepContext[MashupJob]) -> float:
    """The most that the limiter reduces the first file, in dB."""
    kind = next(iter(files_of(ctx.job).values()))
    level = level_for(ctx, kind)
    mastered, profiles = _premaster(ctx, level.gain_db), [premaster_loudness(ctx.workspace)]
    return forecast(mastered, profiles, ceiling_dbtp=level.ceiling_db)[1]


def _file_of(clip: Clip) -> StemName:
    return clip.stem if clip.stem in FOUR_STEMS else "other"


def _encode(
    ctx: StepContext[MashupJob], players: dict[str, tuple[AudioFormat, Player]], tags: MixTags
) -> None:
    job, workspace = ctx.job, ctx.workspace
    with ExitStack() as files:
        outputs = [
            Output(
                path=files.enter_context(workspace.write(name, MEDIA_TYPES[kind])),
                format=kind,
                play=player.play,
                player=player,
            )
            for name, (kind, player) in players.items()
        ]
        encoding = Encoding(tags.length, tags, job.ffmpeg, workspace.scratch("files"))
        encode_all(encoding, outputs, workers=job.workers, progress=ctx.progress, say=ctx.say)


def _premaster_player(ctx: StepContext[MashupJob]) -> Player:
    """A player of the mix after the effects, before the mastering."""
    path, peaks = ctx.workspace.path(PREMASTER), premaster_loudness(ctx.workspace).peaks
    return Player(
        _premaster(ctx, 0.0),
        lambda _: open_derived(path),
        STEM_CEILING_DBTP,
        peaks_of=lambda _: peaks,
    )


def _premaster(ctx: StepContext[MashupJob], gain_db: float) -> Timeline:
    """The mix as one clip, which fades out with its reverb."""
    timeline, length = read_timeline(ctx.workspace)
    title = ctx.job.title(timeline)
    fade_out = length - timeline.length
    return Timeline(
        (Clip("", "", title, "", start=0, length=length, gain_db=gain_db, fade_out=fade_out),)
    )


def _tags(ctx: StepContext[MashupJob]) -> MixTags:
    timeline, length = read_timeline(ctx.workspace)
    title = ctx.job.title(timeline)
    return MixTags(
        title=title,
        artist=ctx.job.artist(timeline),
        album=title,
        chapters=tuple((chapter.start, chapter.title) for chapter in timeline.chapters),
        length=length,
    )
