"""``restyle TRACK --drums SOUND --out DIR``: a song's stems played with the grains of sounds."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from ..contract.jobs import RestyleRequest
from ..contract.restyles import RestyleSettings, StemStyle
from ..contract.stems import STEM_NAMES, StemFormat, StemName
from ..errors import InvalidRequest, RejectedFile
from ..media.ffmpeg import find_ffmpeg
from ..media.gate import GateLimits
from ..media.sniff import formats_named
from ..services.intake import ReceivedFile
from ..services.restyle import restyle_pipeline
from ..services.restyle_inputs import StyleSound
from ..services.restyle_settling import restyle_inputs, settled_restyler, style_sound, styled
from ..services.separators import Separators
from ..services.sounds import LONGEST_S, SHORTEST_S, admit_sound
from ..services.stems_inputs import StemTrack
from ..settings import Settings
from ..store.blobs import ContentStore
from .running import Commands, checked, run_job
from .separating import add_separator_options, model_named, stems_named
from .told import restyle_told
from .tracks import bring, expect_files, expect_folder

BOUNDS = {"volume": "volume", "grain_duration_ms": "grain-ms"}
"""The options that are not called like the parts of the request that they become."""


def register(commands: Commands) -> None:
    """Add the command and its options."""
    restyle = commands.add_parser(
        "restyle",
        help="play a song's stems with the grains of other sounds",
        description="Play a song's stems with the grains of other sounds, in their rhythm, at "
        "their pitch, as loud as they are. "
        f"A sound lasts {SHORTEST_S:g} to {LONGEST_S:g} s, and a grain at least. "
        "What is made of the track and of the sounds stays under STORAGE_ROOT; a server there "
        "removes it after a day.",
    )
    restyle.set_defaults(run=run)
    add = restyle.add_argument
    add("track", type=Path, metavar="TRACK", help="a sound file")
    add("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    for stem in STEM_NAMES:
        add(f"--{stem}", type=Path, metavar="SOUND", help=f"the sound that plays the {stem}")
    add(
        "--volume",
        action="append",
        default=[],
        metavar="STEM=FACTOR",
        help="how loud a stem is, 0 to 2, as in vocals=0.8; may be given for several",
    )
    add("--off", metavar="STEMS", help="stems that are left out, as in other,bass")
    add("--grain-ms", type=float, default=120.0, metavar="MS", help="30 to 500 (default: 120)")
    add("--no-pitch", action="store_true", help="leave the sounds at their own pitch")
    add("--no-envelope", action="store_true", help="do not follow the stems' loudness")
    add("--title", default="", help="title of what is made")
    add("--format", default="wav", choices=get_args(StemFormat), help="(default: wav)")
    add_separator_options(restyle)


def run(options: argparse.Namespace) -> int:
    """Make the restyle; a sound that cannot be used ends it."""
    request = _request(options)
    if options.track.is_dir():
        raise InvalidRequest(f"{options.track}: restyle takes one file, not a folder.")
    expect_folder(options.out)
    paths = {stem: getattr(options, stem) for stem in STEM_NAMES if getattr(options, stem)}
    expect_files([options.track, *paths.values()])
    settings = Settings()
    model = settled_restyler(Separators.of(settings), request)
    content = ContentStore(settings.storage_root)
    sounds = styled(request, _brought({str(path): path for path in paths.values()}, settings))
    [track] = bring([options.track], settings, content).tracks
    song = StemTrack(track_id=track.track_id, **asdict(track))
    inputs = restyle_inputs(request, model, song, sounds)
    return run_job(restyle_pipeline(settings), inputs, inputs.duration_s, options.out, restyle_told)


def _brought(paths: Mapping[str, Path], settings: Settings) -> Callable[[str], StyleSound]:
    """Let in the sound that a name stands for, each file once, when it is asked for."""
    found: dict[str, StyleSound] = {}

    def find(name: str) -> StyleSound:
        if name not in found:
            found[name] = _admitted(paths[name], settings)
        return found[name]

    return find


def _admitted(path: Path, settings: Settings) -> StyleSound:
    formats = formats_named(settings.supported_formats)
    limits = GateLimits(max_track_s=settings.max_track_s, formats=formats)
    with tempfile.TemporaryDirectory() as folder:
        try:
            admitted = admit_sound(
                ReceivedFile(path.name, path),
                "style",
                workdir=Path(folder),
                ffmpeg=find_ffmpeg(settings.ffmpeg_binary),
                limits=limits,
            )
        except RejectedFile as error:
            raise RejectedFile(f"{path.name}: {error.message}", hint=error.hint) from error
        ContentStore(settings.storage_root).put(admitted.sound.content, admitted.path)
    return style_sound(admitted.sound)


def _request(options: argparse.Namespace) -> RestyleRequest:
    grains = {
        "grain_duration_ms": options.grain_ms,
        "use_pitch_mapping": not options.no_pitch,
        "use_envelope": not options.no_envelope,
    }
    wishes = {
        "track_id": "-",
        "config": _config(options),
        "settings": checked(RestyleSettings, grains, BOUNDS),
        "title": options.title,
        "model": model_named(options.model),
        "weights_notice_accepted": options.accept_weights_notice,
        "format": options.format,
    }
    request = checked(RestyleRequest, wishes, {})
    if not request.config:
        raise InvalidRequest("Name a sound for at least one stem, as in --vocals flute.wav.")
    return request


def _config(options: argparse.Namespace) -> dict[StemName, StemStyle]:
    """What becomes of each stem that any option speaks of; a sound's id is its path."""
    told: dict[StemName, dict[str, object]] = {}
    sounds = {stem: str(getattr(options, stem)) for stem in STEM_NAMES if getattr(options, stem)}
    for stem, sound in sounds.items():
        told[stem] = {"sound_id": sound}
    for text in options.volume:
        name, given, factor = text.partition("=")
        if not given:
            raise InvalidRequest(f"--volume {text}: the form is STEM=FACTOR, as in vocals=0.8.")
        told.setdefault(_stem(name, "volume"), {})["volume"] = factor
    for stem in [_stem(name, "off") for name in stems_named(options.off) or []]:
        if stem in sounds:
            raise InvalidRequest(
                f"--off {stem} and --{stem} {sounds[stem]} make no sense together."
            )
        told.setdefault(stem, {})["enabled"] = False
    return {stem: checked(StemStyle, style, BOUNDS) for stem, style in told.items()}


def _stem(name: str, option: str) -> StemName:
    for stem in STEM_NAMES:
        if stem == name:
            return stem
    raise InvalidRequest(
        f"--{option}: “{name}” is no stem.", hint=f"There are {', '.join(STEM_NAMES)}."
    )
