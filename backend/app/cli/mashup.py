"""``mashup TRACK... --vibe dark --out DIR``: make one song of the stems of one to four."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..contract.jobs import MashupRequest
from ..contract.mashups import VIBES
from ..dj.mashup.vibes import VIBES as TREATMENTS
from ..errors import InvalidRequest
from ..services.library.track_ref import TrackRef
from ..services.mashup.resolve import mashup_inputs, require_count
from ..settings import Settings
from ..wiring.jobs.job_resources import build_separators
from ..wiring.jobs.pipelines import build_mashup_pipeline
from ..wiring.settings.read_settings import read_settings
from .import_tracks import import_tracks, require_files
from .options import (
    FORMATS,
    Commands,
    add_separator_options,
    add_track_options,
    comma_separated,
    model_name,
    validated,
)
from .output_folder import require_folder
from .run_job import run_job
from .summary import summarise_mashup

OPTIONS = {"loudness_lufs": "loudness", "stem_settings": "off"}
"""Names of options that differ from the request's field names."""


def register(commands: Commands) -> None:
    """Add the command and its options."""
    mashup = commands.add_parser(
        "mashup",
        help="make one song of the stems of one to four",
        description="Make one song of the stems of one to four: vocals and instruments are\n"
        "combined by how well they fit. Analyses and stems are cached under STORAGE_ROOT;\n"
        "a server there removes them after a day.",
        epilog=_describe_vibes(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mashup.set_defaults(run=run)
    add_track_options(mashup)
    add = mashup.add_argument
    add("--vibe", type=str.lower, choices=VIBES, required=True, help="its character, see below")
    add("--vocals", type=Path, metavar="FILE", help="the track that sings first")
    add("--title", default="", help="title of the mashup")
    add("--artist", default="", help="who made it")
    add("--loudness", type=float, metavar="LUFS", help="-24 to -9 (default: that of the vibe)")
    add("--formats", default="mp3", help="any of " + ",".join(FORMATS) + " (default: mp3)")
    add("--stems", action="store_true", help="also its stems, before mastering")
    add("--off", metavar="STEMS", help="stems to leave out, as in drums,vocals")
    add("--video", action="store_true", help="also a film, with one card")
    add_separator_options(mashup)


def _describe_vibes() -> str:
    """Describe each vibe in a line: its default loudness and its effect."""
    lines = [
        f"  {vibe:<10} {treatment.loudness_lufs:g} LUFS; {treatment.words}"
        for vibe, treatment in TREATMENTS.items()
    ]
    return "\n".join(["vibes, with their default loudness:", *lines])


def run(options: argparse.Namespace) -> int:
    """Make the mashup; fail if a track is rejected, since it would change the result."""
    request = _request(options)
    require_folder(options.out)
    require_files([options.vocals] if options.vocals else [])
    settings = read_settings()
    separators = build_separators(settings)
    model = separators.resolve(request.model, accepted=request.weights_notice_accepted)
    tracks = import_tracks(options.tracks, settings, need_all=True).tracks
    require_count(len(tracks), "Leave some out.")
    if options.vocals:
        singer = _singer(options.vocals, tracks, settings)
        request = request.model_copy(update={"vocals_from": singer})
    inputs = mashup_inputs(request, model, tracks)
    pipeline = build_mashup_pipeline(settings)
    return run_job(pipeline, inputs, inputs.duration_s, options.out, summarise_mashup)


def _singer(path: Path, tracks: Sequence[TrackRef], settings: Settings) -> str:
    """Id of the track with the same sound as a file."""
    (singer,) = import_tracks([path], settings).tracks
    if singer.track_id not in {track.track_id for track in tracks}:
        raise InvalidRequest(f"--vocals {path}: this is not one of the tracks.")
    return singer.track_id


def _request(options: argparse.Namespace) -> MashupRequest:
    values = {
        "tracks_upload_id": "-",
        "vibe": options.vibe,
        "title": options.title,
        "artist": options.artist,
        "model": model_name(options.model),
        "weights_notice_accepted": options.accept_weights_notice,
        "stems": options.stems,
        "formats": comma_separated(options.formats),
        "loudness_lufs": options.loudness,
        "stem_settings": {stem: {"enabled": False} for stem in comma_separated(options.off) or ()},
        "video": {} if options.video else None,
    }
    return validated(MashupRequest, values, OPTIONS)
