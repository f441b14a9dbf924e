"""Import the files named on the command line, with the same checks as uploads."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import NotFound, RejectedFile
from ..jobs.workspace import sha256_of
from ..media.admit_image import admit_image
from ..media.admit_track import AdmittedTrack, admit_track
from ..media.ffmpeg.ffmpeg import find_ffmpeg
from ..media.tags.display_names import TrackTags
from ..media.tags.file_names import named_after_files
from ..services.library.track_ref import TrackRef
from ..settings import Settings
from ..store.files.blobs import ContentStore
from ..wiring.limits import gate_limits
from .output_folder import make_folder, require_writable

SUFFIXES = {
    *(".mp3", ".wav", ".aif", ".aiff", ".aifc", ".flac"),
    *(".ogg", ".opus", ".webm", ".mka", ".m4a"),
}


@dataclass(frozen=True, slots=True)
class ImportedTracks:
    """The imported tracks, at least one; ``left_out`` counts the rejected ones."""

    tracks: tuple[TrackRef, ...]
    left_out: int


def import_tracks(
    paths: Sequence[Path], settings: Settings, *, need_all: bool = False
) -> ImportedTracks:
    """Import files, and the sound files in folders, in parallel.

    Raise :class:`NotFound` if a file is missing or a folder has no sound file,
    :class:`InvalidRequest` if the storage is not writable, and :class:`RejectedFile` if every file
    is rejected or, with ``need_all``, any.
    """
    files = _files_of(paths)
    require_files(files)
    label = f"STORAGE_ROOT {settings.storage_root}"
    make_folder(settings.storage_root, label, mode=0o700)
    require_writable(settings.storage_root, label)
    results = _import_files(files, settings)
    admitted = [
        (path.name, one)
        for path, one in zip(files, results, strict=True)
        if isinstance(one, AdmittedTrack)
    ]
    rejected = [
        (path.name, f"{error.message} {error.hint}")
        for path, error in zip(files, results, strict=True)
        if isinstance(error, RejectedFile)
    ]
    if rejected and (need_all or not admitted):
        raise RejectedFile("\n".join(f"{name}: {reason}" for name, reason in rejected))
    for name, reason in rejected:
        print(f"{name}: left out. {reason}", file=sys.stderr)
    return ImportedTracks(_named(admitted), len(rejected))


def require_files(paths: Sequence[Path]) -> None:
    """Raise :class:`NotFound` unless all of these are files."""
    for path in paths:
        if path.is_dir():
            raise NotFound(f"{path}: this is a folder, not a file.")
        if not path.is_file():
            raise NotFound(f"{path}: no such file.")


def import_picture(path: Path, settings: Settings) -> str:
    """Import a picture; return its name in the content store."""
    with tempfile.TemporaryDirectory() as folder:
        admitted = admit_image(path, into=Path(folder))
        name = f"{sha256_of(admitted.path)[:32]}{admitted.path.suffix}"
        ContentStore(settings.storage_root).put_image(name, admitted.path)
    return name


def _files_of(paths: Sequence[Path]) -> list[Path]:
    """List the named files; of a folder, its sound files, sorted by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
            if not inside:
                raise NotFound(f"{path}: no sound file in this folder.")
            found += inside
        else:
            found.append(path)
    return found


def _import_files(paths: Sequence[Path], settings: Settings) -> list[AdmittedTrack | RejectedFile]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(_import_file, Path(folder), settings), paths))


def _import_file(folder: Path, settings: Settings, path: Path) -> AdmittedTrack | RejectedFile:
    workdir = Path(tempfile.mkdtemp(dir=folder))
    ffmpeg, limits = find_ffmpeg(settings.ffmpeg_binary), gate_limits(settings)
    try:
        admitted = admit_track(path, workdir=workdir, ffmpeg=ffmpeg, limits=limits)
    except RejectedFile as error:
        return error
    store, content_hash = ContentStore(settings.storage_root), admitted.content_hash
    store.put(content_hash, admitted.path)
    if admitted.cover:
        store.put_cover(content_hash, admitted.cover.path)
    for warning in admitted.warnings:
        print(f"{path.name}: {warning}")
    return admitted


def _named(admitted: Sequence[tuple[str, AdmittedTrack]]) -> tuple[TrackRef, ...]:
    """Name the tracks by their tags, or else by comparing their file names."""
    files, tracks = zip(*admitted, strict=True)
    names = named_after_files([track.tags for track in tracks], files)
    return tuple(map(_track_ref, tracks, names))


def _track_ref(admitted: AdmittedTrack, names: TrackTags) -> TrackRef:
    return TrackRef(
        track_id=admitted.content_hash[:32],
        content_hash=admitted.content_hash,
        title=names.title,
        artist=names.artist,
        genre=names.genre,
        n_samples=admitted.n_samples,
        has_cover=admitted.cover is not None,
    )
