"""``stems TRACK... --out DIR --model draft``: separate songs into stems."""

from __future__ import annotations

import argparse
from typing import get_args

from ..contract.jobs import StemsRequest
from ..contract.stems import FOUR_STEMS, StemFormat
from ..services.stems.resolve import resolve_stems_separator, stems_inputs
from ..wiring.jobs.job_resources import build_separators
from ..wiring.jobs.pipelines import build_stems_pipeline
from ..wiring.settings.read_settings import read_settings
from .import_tracks import import_tracks
from .options import (
    Commands,
    add_separator_options,
    add_track_options,
    comma_separated,
    model_name,
    validated,
)
from .output_folder import require_folder
from .run_job import run_job

STEMS_HELP = f"any of {','.join(FOUR_STEMS)}, and others that the model separates (default: all)"


def register(commands: Commands) -> None:
    """Add the command and its options."""
    stems = commands.add_parser(
        "stems",
        help="separate songs into drums, bass, vocals and the rest",
        description="Separate songs into drums, bass, vocals and the rest, which add up to the "
        "song. Stems are cached under STORAGE_ROOT, so that no song is separated twice; a server "
        "there removes them after a day.",
    )
    stems.set_defaults(run=run)
    add_track_options(stems)
    add = stems.add_argument
    add("--stems", metavar="NAMES", help=STEMS_HELP)
    add("--format", default="flac", choices=get_args(StemFormat), help="(default: flac)")
    add_separator_options(stems)


def run(options: argparse.Namespace) -> int:
    """Separate the songs; return 2 if one was left out."""
    values = {
        "tracks_upload_id": "-",
        "model": model_name(options.model),
        "weights_notice_accepted": options.accept_weights_notice,
        "stems": comma_separated(options.stems),
        "format": options.format,
    }
    request = validated(StemsRequest, values, {})
    require_folder(options.out)
    settings = read_settings()
    model = resolve_stems_separator(build_separators(settings), request)
    imported = import_tracks(options.tracks, settings)
    inputs = stems_inputs(request, model, imported.tracks)
    status = run_job(build_stems_pipeline(settings), inputs, inputs.duration_s, options.out)
    return status or (2 if imported.left_out else 0)
