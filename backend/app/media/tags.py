"""What a sound file says of itself: names, cover, length; all optional, none of it trusted."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import RejectedFile
from .confinement import MIB, Confinement, ended_after, start_process
from .images import AdmittedImage, admit_image
from .names import TrackTags, named_after_file, safe_title, tags_from_filename, title_from_filename
from .sniff import SniffedFormat
from .tag_reader import MAX_COVER_BYTES

__all__ = [
    "CoverPicture",
    "ReadTags",
    "TrackTags",
    "named_after_file",
    "read_tags",
    "safe_title",
    "tags_from_filename",
    "title_from_filename",
]

_log = logging.getLogger(__name__)

CoverPicture: TypeAlias = AdmittedImage

_READER = Path(__file__).with_name("tag_reader.py")
# The tags of any honest file are read in 50 ms; Python and mutagen take 60 MB.
_TIMEOUT_S = 10.0
_CONFINEMENT = Confinement(
    memory_bytes=512 * MIB, cpu_s=10, file_bytes=MAX_COVER_BYTES, open_files=64
)
_MAX_SAID = 64_000


class _Told(BaseModel):
    """What `tag_reader` prints, its lines put together."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    length_s: float | None = None
    bits: int | None = None
    title: str = ""
    artist: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class ReadTags:
    """``length_s`` and ``bits`` are claims, and None where the file makes none."""

    names: TrackTags
    cover: CoverPicture | None
    length_s: float | None
    bits: int | None


def read_tags(source: Path, kind: SniffedFormat, *, workdir: Path) -> ReadTags:
    """Read tags in a confined child; whatever goes wrong there only leaves them out."""
    cover = workdir / "cover.raw"
    try:
        told = _told(_ask(source, kind, cover))
        picture = _admit_cover(cover, workdir)
    finally:
        cover.unlink(missing_ok=True)
    names = TrackTags(safe_title(told.title), safe_title(told.artist), safe_title(told.album))
    return ReadTags(names, picture, told.length_s, told.bits)


def _ask(source: Path, kind: SniffedFormat, cover: Path) -> bytes:
    argv = [sys.executable, "-I", "-B", str(_READER)]
    process = start_process(
        [*argv, kind.name, str(source.absolute()), str(cover.absolute())],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        confinement=_CONFINEMENT,
    )
    with ended_after(process, _TIMEOUT_S):
        assert process.stdout is not None
        said = process.stdout.read(_MAX_SAID)
    if process.returncode != 0:
        _log.info("tags could not be read: the reader ended with %d", process.returncode)
    return said


def _told(said: bytes) -> _Told:
    told = _Told()
    for line in said.splitlines():
        try:
            more = _Told.model_validate_json(line)
        except ValidationError:
            break  # a line that was cut off
        told = told.model_copy(update=more.model_dump(exclude_unset=True))
    return told


def _admit_cover(cover: Path, workdir: Path) -> CoverPicture | None:
    if not cover.exists():
        return None
    try:
        return admit_image(cover, into=workdir)
    except RejectedFile as e:
        _log.info("a cover was left out: %s", e.code)
        return None
