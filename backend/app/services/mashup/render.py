"""Write a mashup's files: the mastered mix in every format, and its stems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from ...analysis.levels.brightness import Brightness, BrightnessMeter
from ...contract.jobs import AudioFormat
from ...contract.stems import FOUR_STEMS, StemName
from ...dj.levels.track_gains import forecast, gain_shift_db
from ...dj.mashup.contours import contour_effects
from ...dj.timeline import Clip, Timeline
from ...dsp.samples import Samples
from ...jobs.pipeline import StepContext
from ...media.stem_file_format import open_derived
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.formats import CEILINGS_DBTP, LOSSLESS, MEDIA_TYPES
from ...render.files.tags import MixTags
from ...render.player.player import Level, Player
from ...video.backdrop import square
from ...video.thumbnail import jpeg_bytes
from ..files.measure_files import encode_measured
from ..mixtape.render import COVER_SIDE
from .job import MashupJob
from .plan import (
    PREMASTER,
    premaster_loudness,
    premaster_player,
    read_decisions,
    read_timeline,
)

#: Full scale of a stem's file; no music reaches it before the effects.
STEM_CEILING_DBTP = 0.0

STEM_COMMENT = "A stem of a mashup as it is mixed: before the vibe's effects and the mastering."


def files_of(job: MashupJob) -> dict[str, AudioFormat]:
    """The finished files by name, one for each format."""
    return {f"mashup.{kind}": kind for kind in dict.fromkeys(job.request.formats)}


def write_files(ctx: StepContext[MashupJob]) -> Brightness | None:
    """Limit and encode the mix in every format, in parallel.

    Returns the brightness of the first file if that is lossless.
    """
    meter, files = BrightnessMeter(), files_of(ctx.job)
    levels = {name: level_for(ctx, kind) for name, kind in files.items()}
    encode_levels(ctx, levels, listen=[meter.push])
    return meter.finish() if next(iter(files.values())) in LOSSLESS else None


def encode_levels(
    ctx: StepContext[MashupJob],
    levels: Mapping[str, Level],
    listen: Sequence[Callable[[Samples], None]] = (),
) -> None:
    """Encode the mix into finished files, each at its level.

    Every function of ``listen`` is called with the samples of the lossless files.
    """
    timeline, _ = read_timeline(ctx.workspace)
    cover = ctx.workspace.scratch("files") / "cover.jpg"
    cover.write_bytes(jpeg_bytes(square(None, seed=ctx.job.title(timeline), side=COVER_SIDE)))
    mix, kinds = _premaster_player(ctx), files_of(ctx.job)
    players = {name: (kinds[name], mix.at(level)) for name, level in levels.items()}
    with _opened(ctx, players, replace(_tags(ctx), cover=cover)) as (encoding, outputs):
        encode_measured(
            ctx.workspace,
            encoding,
            outputs,
            workers=ctx.job.workers,
            progress=ctx.progress,
            say=ctx.say,
            listen=listen,
        )


def write_stems(ctx: StepContext[MashupJob]) -> None:
    """Write the mashup's stems, each summed over all songs; none for a silent stem.

    Together they are the mix before the vibe's effects.
    """
    timeline, _ = read_timeline(ctx.workspace)
    players: dict[str, tuple[AudioFormat, Player]] = {
        f"stems/{stem}.flac": ("flac", premaster_player(ctx.job, part, STEM_CEILING_DBTP))
        for stem, part in stem_parts(timeline).items()
    }
    with _opened(ctx, players, replace(_tags(ctx), comment=STEM_COMMENT)) as (encoding, outputs):
        encode_all(encoding, outputs, workers=ctx.job.workers, progress=ctx.progress, say=ctx.say)


def stem_parts(timeline: Timeline) -> dict[StemName, Timeline]:
    """The clips of each of the four stems; a model's further stems are part of ``other``."""
    parts: dict[StemName, Timeline] = {}
    for stem in FOUR_STEMS:
        clips = tuple(clip for clip in timeline.clips if _file_of(clip) == stem)
        if clips:
            parts[stem] = Timeline(clips)
    return parts


def level_for(ctx: StepContext[MashupJob], kind: AudioFormat) -> Level:
    """A format's level: the gain from the mix after the effects to the limiter."""
    return level_under(ctx, CEILINGS_DBTP[kind])


def level_under(ctx: StepContext[MashupJob], ceiling_dbtp: float) -> Level:
    """The level at which the mix has its loudness under a ceiling."""
    gain_db = gain_shift_db(
        _premaster(ctx, 0.0),
        [premaster_loudness(ctx.workspace)],
        ctx.job.loudness_lufs,
        ceiling_dbtp=ceiling_dbtp,
    )
    return Level(ceiling_dbtp, gain_db)


def limited_db(ctx: StepContext[MashupJob], level: Level) -> float:
    """The limiter's strongest reduction of a file at this level, in dB."""
    mastered, profiles = _premaster(ctx, level.gain_db), [premaster_loudness(ctx.workspace)]
    return forecast(mastered, profiles, ceiling_dbtp=level.ceiling_db)[1]


def _file_of(clip: Clip) -> StemName:
    return clip.stem if clip.stem in FOUR_STEMS else "other"


@contextmanager
def _opened(
    ctx: StepContext[MashupJob], players: dict[str, tuple[AudioFormat, Player]], tags: MixTags
) -> Iterator[tuple[Encoding, list[Output]]]:
    """Yield outputs for files, which appear in the workspace when the context ends."""
    workspace = ctx.workspace
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
        yield Encoding(tags.length, tags, ctx.job.ffmpeg, workspace.scratch("files")), outputs


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
    """The mix as one clip, which follows the contour and fades out with its reverb."""
    timeline, length = read_timeline(ctx.workspace)
    sections, energies = read_decisions(ctx.workspace).sections, premaster_loudness(ctx.workspace)
    clip = Clip(
        "",
        "",
        ctx.job.title(timeline),
        "",
        start=0,
        length=length,
        gain_db=gain_db,
        fade_out=length - timeline.length,
        effects=contour_effects(sections, energies.energies),
    )
    return Timeline((clip,))


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
