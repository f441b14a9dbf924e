"""The files that a command is given, let in through the gate like an upload."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidRequest, NotFound, RejectedFile
from ..jobs.workspace import sha256_of
from ..media.ffmpeg import find_ffmpeg
from ..media.gate import GateLimits, admit_track
from ..media.images import admit_image
from ..media.names import named_after_file
from ..media.sniff import formats_named
from ..settings import Settings
from ..store.blobs import ContentStore

SUFFIXES = {".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a"}


@dataclass(frozen=True, slots=True)
class ShellTrack:
    """A track that was let in; ``content`` names its sound in the content store."""

    content: str
    title: str
    artist: str
    n_samples: int
    has_cover: bool

    @property
    def track_id(self) -> str:
        """An id such as a row would have."""
        return self.content[:32]


@dataclass(frozen=True, slots=True)
class Brought:
    """The tracks that were let in, at least one; ``left_out`` counts the others."""

    tracks: list[ShellTrack]
    left_out: int


def expect_folder(out: Path) -> None:
    """Make sure that the files that a command makes can lie in ``out``, which is not made yet."""
    there = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not there.is_dir():
        what = "this" if there == out else there
        raise InvalidRequest(f"--out {out}: {what} is a file, not a folder.")
    try:
        _write_to(there)
    except OSError as error:
        raise no_folder(f"--out {out}", error) from error


def no_folder(named: str, error: OSError) -> InvalidRequest:
    """What is answered where nothing can be written to a folder; ``named`` says whose it is."""
    return InvalidRequest(
        f"{named}: nothing can be written there ({error.strerror}).", hint="Name another folder."
    )


def _write_to(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass


def bring(
    paths: Sequence[Path], settings: Settings, content: ContentStore, *, each: bool = False
) -> Brought:
    """Let the files in, several at once; for a folder, the sound files in it, by name.

    Raises
    ------
    NotFound
        If there is no such file, or no sound file in a folder.
    InvalidRequest
        If nothing can be kept of them.
    RejectedFile
        If none could be let in or, where ``each`` has to be, if one could not; it says why.
    """
    files = _files_of(paths)
    expect_files(files)
    _expect_storage(settings.storage_root)
    verdicts = _admitted(files, settings, content)
    tracks = [one for one in verdicts if isinstance(one, ShellTrack)]
    refused = [
        (path.name, f"{error.message} {error.hint}")
        for path, error in zip(files, verdicts, strict=True)
        if isinstance(error, RejectedFile)
    ]
    if refused and (each or not tracks):
        raise RejectedFile("\n".join(f"{name}: {why}" for name, why in refused))
    for name, why in refused:
        print(f"{name}: left out. {why}", file=sys.stderr)
    return Brought(tracks, len(refused))


def _expect_storage(root: Path) -> None:
    """Make sure that what is made of the tracks can be kept."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_to(root)
    except OSError as error:
        raise no_folder(f"STORAGE_ROOT {root}", error) from error


def expect_files(paths: Sequence[Path]) -> None:
    """Make sure that all of these are files; else :class:`NotFound`."""
    for path in paths:
        if path.is_dir():
            raise NotFound(f"{path}: this is a folder, not a file.")
        if not path.is_file():
            raise NotFound(f"{path}: there is no such file.")


def bring_picture(path: Path, content: ContentStore) -> str:
    """Let the picture in; its name in the content store."""
    with tempfile.TemporaryDirectory() as folder:
        admitted = admit_image(path, into=Path(folder))
        name = f"{sha256_of(admitted.path)[:32]}{admitted.path.suffix}"
        content.put_image(name, admitted.path)
    return name


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


def _admitted(
    paths: Sequence[Path], settings: Settings, content: ContentStore
) -> list[ShellTrack | RejectedFile]:
    """Each file through the gate, several at once; why not, for one that is refused."""
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
) -> ShellTrack | RejectedFile:
    workdir = Path(tempfile.mkdtemp(dir=folder))
    try:
        admitted = admit_track(path, workdir=workdir, ffmpeg=gate[0], limits=gate[1])
    except RejectedFile as error:
        return error
    content.put(admitted.content, admitted.path)
    if admitted.cover:
        content.put_cover(admitted.content, admitted.cover.path)
    for warning in admitted.warnings:
        print(f"{path.name}: {warning}")
    names = named_after_file(admitted.tags, path.name)
    return ShellTrack(
        content=admitted.content,
        title=names.title,
        artist=names.artist,
        n_samples=admitted.n_samples,
        has_cover=admitted.cover is not None,
    )
