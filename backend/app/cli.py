"""The shell: ``python -m backend.app.cli mix TRACK... --image P --out DIR``, no server needed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from .contract.dj import NamedArc
from .contract.jobs import MixtapeRequest
from .errors import InvalidRequest, NotFound, RejectedFile, SegueError
from .jobs.messages import Done, Failed, Message, Noted, Order, Progressed, StepFinished
from .jobs.runner import run_order
from .jobs.workspace import Workspace, sha256_of
from .logs import set_up_logs
from .media.ffmpeg import find_ffmpeg
from .media.gate import GateLimits, admit_track
from .media.images import admit_image
from .media.names import named_after_file
from .media.sniff import formats_named
from .services.mixtape import mixtape_pipeline
from .services.mixtape_inputs import MixtapeInputs, MixTrack, duration_of
from .services.settling import mix_title
from .settings import Settings
from .store.blobs import ContentStore

FORMATS = ("mp3", "flac", "wav", "m4a", "opus")
SUFFIXES = {".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is 0 when all went well."""
    options = _parser().parse_args(arguments)
    set_up_logs(level=30)
    try:
        return _mix(options)
    except SegueError as error:
        print(f"{error.message} {error.hint}".strip(), file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend.app.cli", description="Segue from the shell; no server needed."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    mix = commands.add_parser(
        "mix",
        help="mix tracks into one file, like a DJ does it ('mix --help' lists its options)",
        description="Mix tracks into one file, like a DJ does it. What is made of the tracks "
        "stays under STORAGE_ROOT; a server there removes it after a day.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
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
    return parser


def _mix(options: argparse.Namespace) -> int:
    if not 0.0 <= options.crossfade <= 30.0:
        raise InvalidRequest("--crossfade: between 0 and 30 seconds.")
    request = _request(options)
    paths = _files_of(options.tracks)
    _expect_files([*paths, *([options.image] if options.image else [])])
    if options.out.exists() and not options.out.is_dir():
        raise InvalidRequest(f"--out {options.out}: this is a file, not a folder.")
    settings = Settings()
    content = ContentStore(settings.storage_root)
    tracks = _admitted(paths, settings, content)
    kept = [track for track in tracks if track]
    if not kept:
        raise RejectedFile("No track could be used.", hint="See the lines above.")
    inputs = MixtapeInputs(
        request=request,
        title=mix_title(request, kept),
        tracks=kept,
        picture=_picture(options.image, content) if options.image else None,
    )
    return _run(inputs, settings, options.out) or (2 if len(kept) < len(tracks) else 0)


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
        "description": {"intro": options.intro},
    }
    try:
        return MixtapeRequest.model_validate(wishes)
    except ValidationError as e:
        first = e.errors()[0]
        raise InvalidRequest(f"--{_option_of(first['loc'])}: {first['msg']}.") from e


def _option_of(place: tuple[int | str, ...]) -> str:
    """The option that a part of the request comes from."""
    renamed = {
        "transition_ms": "crossfade",
        "loudness_lufs": "loudness",
        "description": "intro",
        "energy_arc": "arc",
        "transitions": "join",
    }
    return renamed.get(str(place[0]), str(place[0]))


def _files_of(paths: Sequence[Path]) -> list[Path]:
    """The files named; for a folder, the sound files in it, by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
            if not inside:
                raise NotFound(f"{path}: there is no sound file in this folder.")
            found += inside
        else:
            found.append(path)
    return found


def _expect_files(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.is_file():
            raise NotFound(f"{path}: there is no such file.")


def _admitted(
    paths: Sequence[Path], settings: Settings, content: ContentStore
) -> list[MixTrack | None]:
    """Each file through the gate, several at once; None for one that is left out."""
    formats = formats_named(settings.supported_formats)
    limits = GateLimits(max_track_s=settings.max_track_s, formats=formats)
    gate = (find_ffmpeg(settings.ffmpeg_binary), limits)
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        return list(pool.map(lambda path: _admit(path, Path(folder), gate, content), paths))


def _admit(
    path: Path, folder: Path, gate: tuple[Path, GateLimits], content: ContentStore
) -> MixTrack | None:
    workdir = Path(tempfile.mkdtemp(dir=folder))
    try:
        admitted = admit_track(path, workdir=workdir, ffmpeg=gate[0], limits=gate[1])
    except RejectedFile as error:
        print(f"{path.name}: left out. {error.message} {error.hint}", file=sys.stderr)
        return None
    content.put(admitted.content, admitted.path)
    if admitted.cover:
        content.put_cover(admitted.content, admitted.cover.path)
    for warning in admitted.warnings:
        print(f"{path.name}: {warning}")
    names = named_after_file(admitted.tags, path.name)
    return MixTrack(
        track_id=admitted.content[:32],
        content=admitted.content,
        title=names.title,
        artist=names.artist,
        n_samples=admitted.n_samples,
        has_cover=admitted.cover is not None,
    )


def _picture(path: Path, content: ContentStore) -> str:
    """Let the picture in; its name in the content store."""
    with tempfile.TemporaryDirectory() as folder:
        admitted = admit_image(path, into=Path(folder))
        name = f"{sha256_of(admitted.path)[:32]}{admitted.path.suffix}"
        content.put_image(name, admitted.path)
    return name


def _run(inputs: MixtapeInputs, settings: Settings, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)  # with the rights that the user's own folders have
    order = Order(
        job_id="cli",
        pipeline="",
        inputs=inputs.model_dump_json(),
        work_s=duration_of(inputs),
        workspace=str(out.absolute()),
        attempt=1,
        finished=[],
    )
    outcome: list[Message] = []

    def tell(message: Message) -> None:
        outcome.append(message)
        _show(message)

    run_order(order, mixtape_pipeline(settings), tell)
    _tidy(out, outcome)
    if not isinstance(outcome[-1], Done):
        return 1
    print(f"All of it is in {out}")
    return 0


def _tidy(out: Path, outcome: Sequence[Message]) -> None:
    """Leave only what was asked for: nobody goes on from here."""
    Workspace(out).clear_aside()
    written = [file for told in outcome if isinstance(told, StepFinished) for file in told.files]
    for file in written:
        if file.media_type is None:
            (out / file.name).unlink(missing_ok=True)


def _show(message: Message) -> None:
    match message:
        case Progressed(step, fraction):
            print(f"\r{step} {fraction:4.0%}", end="", flush=True)
        case StepFinished(step, files, seconds):
            names = ", ".join(file.name for file in files if file.media_type)
            print(f"\r{step} done in {seconds:.1f} s" + (f": {names}" if names else ""))
        case Noted(text):
            print(f"\rNote: {text}")
        case Failed(failure):
            print(f"\r{failure.message} {failure.hint}", file=sys.stderr)
        case _:
            pass


if __name__ == "__main__":
    sys.exit(main())
