"""``mix TRACK... --image P --out DIR``: make a mixtape."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from ..contract.dj import NamedArc
from ..contract.jobs import MixtapeRequest
from ..contract.publishing import Writer
from ..errors import InvalidRequest
from ..publishing.metadata.metadata_writer import template_of
from ..services.library.crates import distinct_names
from ..services.mixtape.inputs import MixtapeInputs
from ..services.mixtape.resolve import mix_title
from ..wiring.jobs.job_resources import build_separators
from ..wiring.jobs.pipelines import build_mixtape_pipeline
from ..wiring.settings.read_settings import read_settings
from .import_tracks import import_picture, import_tracks, require_files
from .options import (
    FORMATS,
    MODELS,
    Commands,
    add_notice_option,
    add_track_options,
    comma_separated,
    model_name,
    validated,
)
from .output_folder import require_folder
from .run_job import run_job
from .summary import summarise_mix

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
"""Names of options that differ from the request's field names."""


def register(commands: Commands) -> None:
    """Add the command and its options."""
    mix = commands.add_parser(
        "mix",
        help="mix tracks into one file, like a DJ ('mix --help' lists its options)",
        description="Mix tracks into one file, like a DJ. Analyses and stems are cached under "
        "STORAGE_ROOT; a server there removes them after a day.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    mix.set_defaults(run=run)
    add_track_options(mix)
    add = mix.add_argument
    add("--image", type=Path, metavar="PICTURE", help="picture for cards and cover")
    add("--title", default="", help="title of the mix")
    add("--artist", default="", help="who mixed it")
    add("--order", choices=("given", "auto"), default="given", help="auto: find the best one")
    add("--arc", choices=get_args(NamedArc), help="how energy moves, with --order auto")
    add("--join", choices=("dj", "crossfade"), default="dj", help="how tracks are joined")
    add("--crossfade", type=float, default=8.0, metavar="SECONDS", help="its length, 0 to 30")
    add("--loudness", type=float, default=-14.0, metavar="LUFS", help="-24 to -9")
    add("--formats", default="mp3", help="any of " + ",".join(FORMATS))
    add("--vbr", action="store_true", help="MP3 at a variable rate (V0) instead of 320 kbit/s")
    add("--height", type=int, choices=(720, 1080, 2160), default=1080, help="of the video")
    add("--no-video", action="store_true", help="make no video")
    add("--intro", default="", help="introduction in the description")
    add("--writer", choices=get_args(Writer), default="template", help="what writes title and tags")
    add("--language", default="en", metavar="TAG", help="of the description: en, pt-BR")
    add("--template", type=Path, metavar="FILE", help="of the description, see docs/publishing.md")
    add(
        "--swap-stems-by",
        metavar="MODEL",
        help="swap stems where two would sing at the same time, separated by: " + MODELS,
    )
    add_notice_option(mix)


def run(options: argparse.Namespace) -> int:
    """Make the mixtape; return 2 if a track was left out."""
    if not 0.0 <= options.crossfade <= 30.0:
        raise InvalidRequest("--crossfade: between 0 and 30 seconds.")
    request = _request(options)
    require_files([options.image] if options.image else [])
    template_of(request.description)
    require_folder(options.out)
    settings = read_settings()
    if request.stem_model is not None:
        accepted = request.weights_notice_accepted
        build_separators(settings).resolve(request.stem_model, accepted=accepted)
    imported = import_tracks(options.tracks, settings)
    inputs = MixtapeInputs(
        request=request,
        title=mix_title(request, imported.tracks),
        tracks=distinct_names(imported.tracks),
        picture=import_picture(options.image, settings) if options.image else None,
    )
    pipeline = build_mixtape_pipeline(settings)
    status = run_job(pipeline, inputs, inputs.duration_s, options.out, summarise_mix)
    return status or (2 if imported.left_out else 0)


def _template(file: Path | None) -> str | None:
    if file is None:
        return None
    require_files([file])
    return file.read_text(encoding="utf-8", errors="replace")


def _request(options: argparse.Namespace) -> MixtapeRequest:
    values = {
        "tracks_upload_id": "-",
        "title": options.title,
        "artist": options.artist,
        "order": options.order,
        "energy_arc": options.arc,
        "transitions": options.join,
        "transition_ms": round(options.crossfade * 1000),
        "loudness_lufs": options.loudness,
        "formats": comma_separated(options.formats),
        "mp3_vbr": options.vbr,
        "video": None if options.no_video else {"height": options.height},
        "description": {
            "intro": options.intro,
            "writer": options.writer,
            "language": options.language,
            "template": _template(options.template),
        },
        "stem_model": model_name(options.swap_stems_by),
        "weights_notice_accepted": options.accept_weights_notice,
    }
    return validated(MixtapeRequest, values, OPTIONS)
