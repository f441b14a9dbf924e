"""Read a sound file's tags in a confined process, within limits."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import RejectedFile
from ..admit_image import AdmittedImage, admit_image
from ..ffmpeg.confinement import MIB, Confinement, start_process, time_limit
from ..gate.formats import SniffedFormat
from ..gate.limits import COVER_LIMITS
from .display_names import TrackTags, safe_title

_log = logging.getLogger(__name__)

_READER = Path(__file__).with_name("read_tags.py")
# An honest file's tags are read in 50 ms; Python and mutagen need 60 MB.
_TIMEOUT_S = 10.0
_MAX_COVER_BYTES = 10_000_000
_CONFINEMENT = Confinement(
    memory_bytes=512 * MIB, cpu_s=4, file_bytes=_MAX_COVER_BYTES, open_files=64
)
_MAX_OUTPUT = 64_000


class _Fields(BaseModel):
    """The merged lines of `read_tags.py`'s output."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    length_s: float | None = None
    bits: int | None = None
    title: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""


@dataclass(frozen=True, slots=True)
class ReadTags:
    """A file's tags; ``length_s`` and ``bits`` as stated in the file, or None."""

    names: TrackTags
    cover: AdmittedImage | None
    length_s: float | None
    bits: int | None


def read_tags(source: Path, kind: SniffedFormat, *, workdir: Path) -> ReadTags:
    """Read a file's tags; if the child process fails, leave them out."""
    cover = workdir / "cover.raw"
    try:
        fields = _parse(_run_reader(source, kind, cover))
        picture = _admit_cover(cover, workdir)
    finally:
        cover.unlink(missing_ok=True)
    texts = (fields.title, fields.artist, fields.album, fields.genre)
    names = TrackTags(*map(safe_title, texts))
    return ReadTags(names, picture, fields.length_s, fields.bits)


def _run_reader(source: Path, kind: SniffedFormat, cover: Path) -> bytes:
    argv = [sys.executable, "-I", "-B", str(_READER)]
    process = start_process(
        [*argv, kind.name, str(source.absolute()), str(cover.absolute()), str(_MAX_COVER_BYTES)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        confinement=_CONFINEMENT,
    )
    with time_limit(process, _TIMEOUT_S):
        assert process.stdout is not None
        output = process.stdout.read(_MAX_OUTPUT)
    if process.returncode != 0:
        _log.info("reading tags failed: the child ended with status %d", process.returncode)
    return output


def _parse(output: bytes) -> _Fields:
    fields = _Fields()
    for line in output.splitlines():
        try:
            more = _Fields.model_validate_json(line)
        except ValidationError:
            break  # the line is incomplete
        fields = fields.model_copy(update=more.model_dump(exclude_unset=True))
    return fields


def _admit_cover(cover: Path, workdir: Path) -> AdmittedImage | None:
    if not cover.exists():
        return None
    try:
        return admit_image(cover, into=workdir, limits=COVER_LIMITS)
    except RejectedFile as e:
        _log.info("a cover was rejected: %s", e.code)
        return None
