"""``restyle TRACK --drums SOUND --out DIR``: play a song's stems with the grains of sounds."""

from __future__ import annotations

import argparse
import tempfile
from functools import cache
from pathlib import Path
from typing import get_args

from ..contract.jobs import RestyleRequest
from ..contract.restyles import RestyleSettings, StemStyle
from ..contract.stems import STEM_NAMES, StemFormat, StemName
from ..errors import InvalidRequest, RejectedFile
from ..media.ffmpeg.ffmpeg import find_ffmpeg
from ..services.library.intake import ReceivedFile
from ..services.library.sounds import LONGEST_S, SHORTEST_S, admit_sound
from ..services.restyle.inputs import StyleSound
from ..services.restyle.resolve import (
    resolve_restyle_separator,
    resolve_sounds,
    restyle_inputs,
    style_sound,
)
from ..settings import Settings
from ..store.files.blobs import ContentStore
from ..wiring.jobs.job_resources import build_separators
from ..wiring.jobs.pipelines import build_restyle_pipeline
from ..wiring.limits import gate_limits
from ..wiring.settings.read_settings import read_settings
from .import_tracks import import_tracks, require_files
from .options import (
    Commands,
    add_out_option,
    add_separator_options,
    comma_separated,
    model_name,
    validated,
)
from .output_folder import require_folder
from .run_job import run_job
from .summary import summarise_restyle

OPTIONS = {"grain_duration_ms": "grain-ms"}
"""Names of options that differ from the request's field names."""


def register(commands: Commands) -> None:
    """Add the command and its options."""
    restyle = commands.add_parser(
        "restyle",
        help="play a song's stems with the grains of other sounds",
        description="Play a song's stems with the grains of other sounds, with their rhythm, "
        "pitch and loudness. "
        f"A sound must last {SHORTEST_S:g} to {LONGEST_S:g} s, and at least one grain. "
        "Stems and grains are cached under STORAGE_ROOT; a server there removes them after a day.",
    )
    restyle.set_defaults(run=run)
    add = restyle.add_argument
    add("track", type=Path, metavar="TRACK", help="a sound file")
    add_out_option(restyle)
    for stem in STEM_NAMES:
        add(f"--{stem}", type=Path, metavar="SOUND", help=f"the sound that plays the {stem}")
    add(
        "--volume",
        action="append",
        default=[],
        metavar="STEM=FACTOR",
        help="a stem's volume, 0 to 2, as in vocals=0.8; may be repeated",
    )
    add("--off", metavar="STEMS", help="stems to leave out, as in other,bass")
    add("--grain-ms", type=float, default=120.0, metavar="MS", help="30 to 500 (default: 120)")
    add("--no-pitch", action="store_true", help="keep the sounds' own pitch")
    add("--no-envelope", action="store_true", help="do not follow the stems' loudness")
    add("--title", default="", help="title of the restyle")
    add("--format", default="wav", choices=get_args(StemFormat), help="(default: wav)")
    add("--video", action="store_true", help="also a film, with one card")
    add_separator_options(restyle)


def run(options: argparse.Namespace) -> int:
    """Make the restyle; fail if a sound is rejected."""
    request = _request(options)
    if options.track.is_dir():
        raise InvalidRequest(f"{options.track}: restyle takes one file, not a folder.")
    require_folder(options.out)
    require_files([options.track, *_sound_paths(options).values()])
    settings = read_settings()
    model = resolve_restyle_separator(build_separators(settings), request)
    # Several stems may share a sound.
    sounds = resolve_sounds(
        request, cache(lambda sound_id: _import_sound(Path(sound_id), settings))
    )
    [track] = import_tracks([options.track], settings).tracks
    inputs = restyle_inputs(request, model, track, sounds)
    pipeline = build_restyle_pipeline(settings)
    return run_job(pipeline, inputs, inputs.duration_s, options.out, summarise_restyle)


def _sound_paths(options: argparse.Namespace) -> dict[StemName, Path]:
    """The sound file of each stem that has one."""
    return {stem: path for stem in STEM_NAMES if (path := getattr(options, stem))}


def _import_sound(path: Path, settings: Settings) -> StyleSound:
    with tempfile.TemporaryDirectory() as folder:
        try:
            admitted = admit_sound(
                ReceivedFile(path.name, path),
                "style",
                workdir=Path(folder),
                ffmpeg=find_ffmpeg(settings.ffmpeg_binary),
                limits=gate_limits(settings),
            )
        except RejectedFile as error:
            raise RejectedFile(f"{path.name}: {error.message}", hint=error.hint) from error
        ContentStore(settings.storage_root).put(admitted.sound.content_hash, admitted.path)
    return style_sound(admitted.sound)


def _request(options: argparse.Namespace) -> RestyleRequest:
    grains = {
        "grain_duration_ms": options.grain_ms,
        "use_pitch_mapping": not options.no_pitch,
        "use_envelope": not options.no_envelope,
    }
    values = {
        "track_id": "-",
        "config": _config(options),
        "settings": validated(RestyleSettings, grains, OPTIONS),
        "title": options.title,
        "model": model_name(options.model),
        "weights_notice_accepted": options.accept_weights_notice,
        "format": options.format,
        "video": {} if options.video else None,
    }
    request = validated(RestyleRequest, values, {})
    if not request.config:
        raise InvalidRequest("Name a sound for at least one stem, as in --vocals flute.wav.")
    return request


def _config(options: argparse.Namespace) -> dict[StemName, StemStyle]:
    """Style of each stem that an option names; a sound's id is its path."""
    sounds = {stem: str(path) for stem, path in _sound_paths(options).items()}
    styles: dict[StemName, dict[str, object]] = {
        stem: {"sound_id": sound} for stem, sound in sounds.items()
    }
    for text in options.volume:
        name, separator, factor = text.partition("=")
        if not separator:
            raise InvalidRequest(f"--volume {text}: write STEM=FACTOR, as in vocals=0.8.")
        styles.setdefault(_stem(name, "volume"), {})["volume"] = factor
    for stem in [_stem(name, "off") for name in comma_separated(options.off) or []]:
        if stem in sounds:
            raise InvalidRequest(f"--off {stem} and --{stem} {sounds[stem]} contradict each other.")
        styles.setdefault(stem, {})["enabled"] = False
    return {stem: validated(StemStyle, style, OPTIONS) for stem, style in styles.items()}


def _stem(name: str, option: str) -> StemName:
    for stem in STEM_NAMES:
        if stem == name:
            return stem
    raise InvalidRequest(
        f"--{option}: “{name}” is not a stem.", hint=f"Name one of {', '.join(STEM_NAMES)}."
    )
