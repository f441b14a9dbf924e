"""The sound of a mixtape: rendered, and encoded in every format, in one go."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import cast

from ..contract.jobs import AudioFormat, MixtapeRequest
from ..dj.levels import CEILING_DBTP, CEILINGS_DBTP, gain_shift_db, shifted
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of
from ..jobs.pipeline import StepContext
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..render.mp3_info import Mp3Mode
from ..render.mp3_reuse import EarlierMp3
from ..render.pieces import pieces_of
from ..render.player import Player
from ..video.backdrop import square
from ..video.thumbnail import jpeg_bytes
from .hearing import profile_of
from .mixtape_before import Mp3Maker, folder_before
from .mixtape_inputs import MixtapeJob
from .mixtape_plan import planned, profiles_of
from .recordings import open_recording
from .stretching import make_pieces, open_piece

MEDIA_TYPES: dict[AudioFormat, str] = {
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "opus": "audio/ogg",
}
BEST_KBPS: dict[AudioFormat, int] = {"m4a": 320, "opus": 192}
"""What is worth having. Opus is transparent at this. At 256 kbit/s ffmpeg's fast AAC coder put a
peak of +2.4 dBTP into techno limited at -3 dBTP; at 320 the same stretch stays under -2.1."""

COVER_SIDE = 1000  # pixels; what players and stores show at most
FILM_SOUND = "mix.m4a"
"""The film copies the sound of this file; it is for the user only where asked for."""


def stretch_pieces(ctx: StepContext[MixtapeJob]) -> None:
    """Make the stretched beginnings that no earlier mix has made."""
    make_pieces(
        ctx.job.content,
        pieces_of(planned(ctx.workspace)),
        workers=ctx.job.workers,
        progress=ctx.progress,
        say=ctx.say,
    )


def render_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Play the timeline once for each encoder, all encoders at work side by side."""
    job, timeline = ctx.job, planned(ctx.workspace)
    scratch = ctx.workspace.scratch("segments")
    encoding = Encoding(timeline.length, _tags(job, timeline, scratch), job.ffmpeg, scratch)
    with _mp3_before(ctx) as earlier, ExitStack() as written:
        outputs = [
            _output(
                job,
                timeline,
                name,
                written.enter_context(ctx.workspace.write(name, media)),
                earlier,
            )
            for name, media in files_of(job.request)
        ]
        encode_all(encoding, outputs, workers=job.workers, progress=ctx.progress, say=ctx.say)
    if "mp3" in job.request.formats:
        _mp3_maker(job).note(player_for(job, timeline, "mp3"), ctx.workspace)


def _mp3_before(ctx: StepContext[MixtapeJob]) -> AbstractContextManager[EarlierMp3 | None]:
    """The MP3 of the mix that this one is based on, where its frames can be used."""
    job, folder = ctx.job, folder_before(ctx)
    if folder is None or job.inputs.earlier is None or "mp3" not in job.request.formats:
        return nullcontext()
    player = player_for(job, timeline_of(job.inputs.earlier), "mp3")
    return _mp3_maker(job).before(folder, player)


def _mp3_maker(job: MixtapeJob) -> Mp3Maker:
    kbps = None if job.request.mp3_vbr else job.request.bitrate_kbps
    return Mp3Maker(Mp3Mode(kbps), job.ffmpeg)


def _output(
    job: MixtapeJob, timeline: Timeline, name: str, path: Path, earlier: EarlierMp3 | None
) -> Output:
    kind = kind_of(name)
    player = player_for(job, timeline, kind)
    return Output(
        path=path,
        format=kind,
        play=player.play,
        segment_key=player.key_of,
        mode=_mp3_maker(job).mode,
        kbps=min(job.request.bitrate_kbps, BEST_KBPS.get(kind, 320)),
        earlier=earlier,
    )


def player_for(job: MixtapeJob, timeline: Timeline, kind: AudioFormat) -> Player:
    """What plays the timeline as loud as this format is to be."""
    return Player(
        shifted(timeline, shift_db_for(job, timeline, kind)),
        partial(open_recording, job.content),
        CEILINGS_DBTP[kind],
        peaks_of=lambda c: profile_of(job.content, c).peaks,
        open_piece=partial(open_piece, job.content),
    )


def shift_db_for(job: MixtapeJob, timeline: Timeline, kind: AudioFormat) -> float:
    """How much louder this format is played into its limiter than the timeline says."""
    ceiling = CEILINGS_DBTP[kind]
    if ceiling == CEILING_DBTP:
        return 0.0
    return gain_shift_db(
        timeline, profiles_of(job, timeline), job.loudness_lufs, ceiling_dbtp=ceiling
    )


def kind_of(name: str) -> AudioFormat:
    """The format of ``mix.flac`` is ``flac``."""
    return cast(AudioFormat, name.removeprefix("mix."))


def files_of(request: MixtapeRequest) -> list[tuple[str, str | None]]:
    """Names and media types of what is to be encoded; the film's sound is made for it alone
    (without a media type) where nobody asked for it."""
    files: list[tuple[str, str | None]] = [
        (f"mix.{name}", MEDIA_TYPES[name]) for name in dict.fromkeys(request.formats)
    ]
    if request.video is not None and "m4a" not in request.formats:
        files.append((FILM_SOUND, None))
    return files


def _tags(job: MixtapeJob, timeline: Timeline, scratch: Path) -> MixTags:
    cover = scratch / "cover.jpg"
    cover.write_bytes(jpeg_bytes(square(job.picture, seed=job.inputs.title, side=COVER_SIDE)))
    return MixTags(
        title=job.inputs.title,
        artist=job.request.artist,
        album=job.inputs.title,
        comment="",
        cover=cover,
        chapters=tuple((chapter.start, chapter.title) for chapter in timeline.chapters),
        length=timeline.length,
    )
