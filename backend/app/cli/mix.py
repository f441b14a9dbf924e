"""``mix TRACK... --image P --out DIR``: a mixtape."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from ..contract.dj import NamedArc
from ..contract.jobs import MixtapeRequest
from ..contract.publishing import Writer
from ..errors import InvalidRequest
from ..publishing.written import template_of
from ..services.mixtape import mixtape_pipeline
from ..services.mixtape_inputs import MixtapeInputs, MixTrack, duration_of
from ..services.separators import Separators
from ..services.settling import mix_title
from ..settings import Settings
from ..store.blobs import ContentStore
from .running import Commands, checked, run_job
from .separating import MODELS, add_notice_option, model_named
from .told import mix_told
from .tracks import ShellTrack, bring, bring_picture, expect_files, expect_folder

FORMATS = ("mp3", "flac", "wav", "m4a", "opus")
OPTIONS = {
    "transition_ms": "crossfade",
    "loudness_lufs": "loudness",
    "description.intro": "intro",
    "description.language": "language",
    "description.template": "template",
    "energy_arc": "arc",
    "transitions": "join",
    "stem_model": "swap_stems_by",
}
"""The options that are not called like the part of the request that they become."""


def register(commands: Commands) -> None:
    """Add the command and its options."""
    mix = commands.add_parser(
        "mix",
        help="mix tracks into one file, like a DJ does it ('mix --help' lists its options)",
        description="Mix tracks into one file, like a DJ does it. What is made of the tracks "
        "stays under STORAGE_ROOT; a server there removes it after a day.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    mix.set_defaults(run=run)
    add = mix.add_argument
    add("tracks", nargs="+", type=Path, metavar="TRACK", help="a sound file, or a folder of them")
    add("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    add("--image", type=Path, metavar="PICTURE", help="picture for cards and cover")
    add("--title", default="", help="title of the mix")
    add("--artist", default="", help="who mixed it")
    add("--order", choices=("given", "auto"), default="given", help="auto: find the best one")
    add("--arc", choices=get_args(NamedArc), help="how energy moves, with --order auto")
    add("--join", choices=("dj", "crossfade"), default="dj", help="how tracks follow each other")
    add("--crossfade", type=float, default=8.0, metavar="SECONDS", help="its length, 0 to 30")
    add("--loudness", type=float, default=-14.0, metavar="LUFS", help="-24 to -9")
    add("--formats", default="mp3", help="any of " + ",".join(FORMATS))
    add("--vbr", action="store_true", help="MP3 of variable rate (V0), not 320 kbit/s")
    add("--height", type=int, choices=(720, 1080, 2160), default=1080, help="of the video")
    add("--no-video", action="store_true", help="make no video")
    add("--intro", default="", help="first lines of the description")
    add("--writer", choices=get_args(Writer), default="template", help="who writes its words")
    add("--language", default="en", metavar="TAG", help="of a language model's words: en, pt-BR")
    add("--template", type=Path, metavar="FILE", help="of the description, see docs/publishing.md")
    add(
        "--swap-stems-by",
        metavar="MODEL",
        help="swap stems where two would sing at once, taken apart by: " + MODELS,
    )
    add_notice_option(mix)


def run(options: argparse.Namespace) -> int:
    """Make the mixtape; 2 where a track had to be left out."""
    if not 0.0 <= options.crossfade <= 30.0:
        raise InvalidRequest("--crossfade: between 0 and 30 seconds.")
    request = _request(options)
    expect_files([options.image] if options.image else [])
    template_of(request.description)
    expect_folder(options.out)
    settings = Settings()
    if request.stem_model is not None:
        accepted = request.weights_notice_accepted
        Separators.of(settings).settled(request.stem_model, accepted=accepted)
    content = ContentStore(settings.storage_root)
    brought = bring(options.tracks, settings, content)
    tracks = [_mix_track(track) for track in brought.tracks]
    inputs = MixtapeInputs(
        request=request,
        title=mix_title(request, tracks),
        tracks=tracks,
        picture=bring_picture(options.image, content) if options.image else None,
    )
    status = run_job(mixtape_pipeline(settings), inputs, duration_of(inputs), options.out, mix_told)
    return status or (2 if brought.left_out else 0)


def _template(file: Path | None) -> str | None:
    if file is None:
        return None
    expect_files([file])
    return file.read_text(encoding="utf-8", errors="replace")


def _mix_track(track: ShellTrack) -> MixTrack:
    return MixTrack(track_id=track.track_id, **asdict(track))


def _request(options: argparse.Namespace) -> MixtapeRequest:
    wishes = {
        "tracks_upload_id": "-",
        "title": options.title,
        "artist": options.artist,
        "order": options.order,
        "energy_arc": options.arc,
        "transitions": options.join,
        "transition_ms": round(options.crossfade * 1000),
        "loudness_lufs": options.loudness,
        "formats": [name.strip() for name in options.formats.split(",")],
        "mp3_vbr": options.vbr,
        "video": None if options.no_video else {"height": options.height},
        "description": {
            "intro": options.intro,
            "writer": options.writer,
            "language": options.language,
            "template": _template(options.template),
        },
        "stem_model": model_named(options.swap_stems_by),
        "weights_notice_accepted": options.accept_weights_notice,
    }
    return checked(MixtapeRequest, wishes, OPTIONS)
