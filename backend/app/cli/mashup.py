"""``mashup TRACK... --vibe dark --out DIR``: one song out of the stems of one to four."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..contract.jobs import MashupRequest
from ..contract.mashups import VIBES
from ..dj.vibes import VIBES as TREATMENTS
from ..errors import InvalidRequest
from ..services.mashup import mashup_pipeline
from ..services.mashup_settling import expect_count, mashup_inputs
from ..services.mixtape_inputs import MixTrack
from ..services.separators import Separators
from ..settings import Settings
from ..store.blobs import ContentStore
from .mix import FORMATS
from .running import Commands, checked, run_job
from .separating import add_separator_options, model_named
from .told import mashup_told
from .tracks import ShellTrack, bring, expect_files, expect_folder

OPTIONS = {"loudness_lufs": "loudness"}
"""The option that is not called like the part of the request that it becomes."""


def register(commands: Commands) -> None:
    """Add the command and its options."""
    mashup = commands.add_parser(
        "mashup",
        help="make one song out of the stems of one to four",
        description="Make one song out of the stems of one to four: who sings over whose\n"
        "instruments is found by how well they go together. What is made of the tracks stays\n"
        "under STORAGE_ROOT; a server there removes it after a day.",
        epilog=_vibes_told(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mashup.set_defaults(run=run)
    add = mashup.add_argument
    add("tracks", nargs="+", type=Path, metavar="TRACK", help="a sound file, or a folder of them")
    add("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    add("--vibe", type=str.lower, choices=VIBES, required=True, help="what it is to be like, below")
    add("--vocals", type=Path, metavar="FILE", help="the one of the tracks that sings first")
    add("--title", default="", help="title of the mashup")
    add("--artist", default="", help="who made it")
    add("--loudness", type=float, metavar="LUFS", help="-24 to -9 (default: that of the vibe)")
    add("--formats", default="mp3", help="any of " + ",".join(FORMATS) + " (default: mp3)")
    add("--stems", action="store_true", help="its own stems as files, before mastering")
    add_separator_options(mashup)


def _vibes_told() -> str:
    """A line for each vibe: how loud it is by default, and what it does."""
    told = [
        f"  {vibe:<10} {treatment.loudness_lufs:g} LUFS; {treatment.words}"
        for vibe, treatment in TREATMENTS.items()
    ]
    return "\n".join(["vibes, with their default loudness:", *told])


def run(options: argparse.Namespace) -> int:
    """Make the mashup; a track that cannot be used ends it, for it would be another one."""
    request = _request(options)
    expect_folder(options.out)
    expect_files([options.vocals] if options.vocals else [])
    settings = Settings()
    separators = Separators.of(settings)
    model = separators.settled(request.model, accepted=request.weights_notice_accepted)
    content = ContentStore(settings.storage_root)
    brought = bring(options.tracks, settings, content, each=True)
    expect_count(len(brought.tracks), "Leave some out.")
    if options.vocals:
        singer = _singer(options.vocals, brought.tracks, settings, content)
        request = request.model_copy(update={"vocals_from": singer})
    tracks = tuple(MixTrack(track_id=one.track_id, **asdict(one)) for one in brought.tracks)
    inputs = mashup_inputs(request, model, tracks)
    return run_job(mashup_pipeline(settings), inputs, inputs.duration_s, options.out, mashup_told)


def _singer(
    path: Path, tracks: Sequence[ShellTrack], settings: Settings, content: ContentStore
) -> str:
    """The track whose sound is that of a file."""
    (voice,) = bring([path], settings, content).tracks
    if voice.track_id not in {track.track_id for track in tracks}:
        raise InvalidRequest(f"--vocals {path}: this is none of the tracks.")
    return voice.track_id


def _request(options: argparse.Namespace) -> MashupRequest:
    wishes = {
        "tracks_upload_id": "-",
        "vibe": options.vibe,
        "title": options.title,
        "artist": options.artist,
        "model": model_named(options.model),
        "weights_notice_accepted": options.accept_weights_notice,
        "stems": options.stems,
        "formats": [name.strip() for name in options.formats.split(",")],
        "loudness_lufs": options.loudness,
    }
    return checked(MashupRequest, wishes, OPTIONS)
