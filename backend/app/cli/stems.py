"""``stems TRACK... --out DIR --model draft``: songs taken apart."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from ..contract.jobs import StemsRequest
from ..contract.stems import StemFormat
from ..services.separators import Separators
from ..services.stems import stems_pipeline
from ..services.stems_inputs import StemTrack
from ..services.stems_settling import settled_model, stems_inputs
from ..settings import Settings
from ..store.blobs import ContentStore
from .running import Commands, checked, run_job
from .separating import STEMS_HELP, add_separator_options, model_named, stems_named
from .told import stems_told
from .tracks import bring, expect_folder


def register(commands: Commands) -> None:
    """Add the command and its options."""
    stems = commands.add_parser(
        "stems",
        help="take songs apart into drums, bass, voice and the rest",
        description="Take songs apart into drums, bass, voice and the rest, which together are the "
        "song again. What is made of the tracks stays under STORAGE_ROOT, so that no song is "
        "taken apart twice; a server there removes it after a day.",
    )
    stems.set_defaults(run=run)
    add = stems.add_argument
    add("tracks", nargs="+", type=Path, metavar="TRACK", help="a sound file, or a folder of them")
    add("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    add("--stems", metavar="NAMES", help=STEMS_HELP)
    add("--format", default="flac", choices=get_args(StemFormat), help="(default: flac)")
    add_separator_options(stems)


def run(options: argparse.Namespace) -> int:
    """Take the songs apart; 2 where one had to be left out."""
    wishes = {
        "tracks_upload_id": "-",
        "model": model_named(options.model),
        "weights_notice_accepted": options.accept_weights_notice,
        "stems": stems_named(options.stems),
        "format": options.format,
    }
    request = checked(StemsRequest, wishes, {})
    expect_folder(options.out)
    settings = Settings()
    model = settled_model(Separators.of(settings), request)
    brought = bring(options.tracks, settings, ContentStore(settings.storage_root))
    tracks = tuple(StemTrack(track_id=track.track_id, **asdict(track)) for track in brought.tracks)
    inputs = stems_inputs(request, model, tracks)
    status = run_job(stems_pipeline(settings), inputs, inputs.duration_s, options.out, stems_told)
    return status or (2 if brought.left_out else 0)
