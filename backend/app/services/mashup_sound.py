"""The files of a mashup: its mix as loud as it is to be in every format, and its own stems."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from ..contract.jobs import AudioFormat
from ..contract.stems import FOUR_STEMS, StemName
from ..dj.levels import CEILINGS_DBTP, forecast, gain_shift_db
from ..dj.timeline import Clip, Timeline
from ..jobs.pipeline import StepContext
from ..media.made_form import open_made
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..render.player import Player
from ..video.backdrop import square
from ..video.thumbnail import jpeg_bytes
from .mashup_inputs import MashupJob
from .mashup_mix import PREMASTER, laid_out, premaster_loudness, unmastered
from .mixtape_sound import BEST_KBPS, COVER_SIDE, MEDIA_TYPES

STEM_CEILING_DBTP = 0.0
"""What a stem's file can hold. At the level of the mix before its chain no music reaches it."""

STEM_COMMENT = "A stem of a mashup as it is mixed: before the vibe's effects and the mastering."


def files_of(job: MashupJob) -> dict[str, AudioFormat]:
    """The finished files by their names; each format once."""
    return {f"mashup.{kind}": kind for kind in dict.fromkeys(job.request.formats)}


def write_files(ctx: StepContext[MashupJob], progress: Callable[[float], None]) -> None:
    """Play the mix into every format's limiter and encoder, all at work side by side."""
    job, (timeline, length) = ctx.job, laid_out(ctx.workspace)
    scratch = ctx.workspace.scratch("files")
    cover = scratch / "cover.jpg"
    cover.write_bytes(jpeg_bytes(square(None, seed=job.title(timeline), side=COVER_SIDE)))
    tags = replace(_tags(job, timeline, length), cover=cover)
    with ExitStack() as written:
        outputs = [
            Output(
                path=written.enter_context(ctx.workspace.write(name, MEDIA_TYPES[kind])),
                format=kind,
                play=_mastered(ctx, kind).play,
                kbps=BEST_KBPS.get(kind, 320),
            )
            for name, kind in files_of(job).items()
        ]
        encoding = Encoding(length, tags, job.ffmpeg, scratch)
        encode_all(encoding, outputs, workers=job.workers, progress=progress, say=ctx.say)


def write_stems(ctx: StepContext[MashupJob], progress: Callable[[float], None]) -> None:
    """Write the mashup's own stems, each summed over all songs; what nobody plays has no file.

    Together they are the mix before the vibe's chain.
    """
    job, (timeline, length) = ctx.job, laid_out(ctx.workspace)
    scratch = ctx.workspace.scratch("stems")
    tags = replace(_tags(job, timeline, length), comment=STEM_COMMENT)
    with ExitStack() as written:
        outputs = [
            Output(
                path=written.enter_context(
                    ctx.workspace.write(f"stems/{stem}.flac", MEDIA_TYPES["flac"])
                ),
                format="flac",
                play=unmastered(job, part, STEM_CEILING_DBTP).play,
            )
            for stem, part in stem_parts(timeline).items()
        ]
        encoding = Encoding(length, tags, job.ffmpeg, scratch)
        encode_all(encoding, outputs, workers=job.workers, progress=progress)


def stem_parts(timeline: Timeline) -> dict[StemName, Timeline]:
    """What each of the four stems plays; whatever else a model can tell is part of ``other``."""
    parts: dict[StemName, Timeline] = {}
    for stem in FOUR_STEMS:
        clips = tuple(clip for clip in timeline.clips if _file_of(clip) == stem)
        if clips:
            parts[stem] = Timeline(clips)
    return parts


def _file_of(clip: Clip) -> StemName:
    return clip.stem if clip.stem in FOUR_STEMS else "other"


def gain_db_for(ctx: StepContext[MashupJob], kind: AudioFormat) -> float:
    """How much louder the mix is played into a format's limiter than it came out of the chain."""
    return gain_shift_db(
        _premaster(ctx, 0.0),
        [premaster_loudness(ctx.workspace)],
        ctx.job.loudness_lufs,
        ceiling_dbtp=CEILINGS_DBTP[kind],
    )


def limited_db(ctx: StepContext[MashupJob]) -> float:
    """The most that the limiter takes of the first of the files, in dB."""
    kind = next(iter(files_of(ctx.job).values()))
    mastered = _premaster(ctx, gain_db_for(ctx, kind))
    profiles = [premaster_loudness(ctx.workspace)]
    return forecast(mastered, profiles, ceiling_dbtp=CEILINGS_DBTP[kind])[1]


def _mastered(ctx: StepContext[MashupJob], kind: AudioFormat) -> Player:
    """What plays the mix as loud as this format is to be."""
    path, peaks = ctx.workspace.path(PREMASTER), premaster_loudness(ctx.workspace).peaks
    return Player(
        _premaster(ctx, gain_db_for(ctx, kind)),
        lambda _: open_made(path),
        CEILINGS_DBTP[kind],
        peaks_of=lambda _: peaks,
    )


def _premaster(ctx: StepContext[MashupJob], gain_db: float) -> Timeline:
    """The mix as one clip, which fades out while its room rings."""
    timeline, length = laid_out(ctx.workspace)
    title = ctx.job.title(timeline)
    fade_out = length - timeline.length
    return Timeline(
        (Clip("", "", title, "", start=0, length=length, gain_db=gain_db, fade_out=fade_out),)
    )


def _tags(job: MashupJob, timeline: Timeline, length: int) -> MixTags:
    return MixTags(
        title=job.title(timeline),
        artist=job.artist(timeline),
        album=job.title(timeline),
        comment="",
        cover=None,
        chapters=tuple((chapter.start, chapter.title) for chapter in timeline.chapters),
        length=length,
    )
