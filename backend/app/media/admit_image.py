"""Check an uploaded picture in a confined process, which writes a clean copy."""

from __future__ import annotations

import json
import logging
import secrets
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..errors import SegueError, storage_full
from .ffmpeg.confinement import KILLED_BY_LIMIT, start_process, time_limit
from .gate.limits import ImageLimits
from .gate.rejections import rejection

_log = logging.getLogger(__name__)

_COPIER = Path(__file__).parent / "pictures" / "copy_picture.py"
_MAX_OUTPUT = 1_000
_Side = Annotated[int, Field(ge=1, le=65_535)]


class _Copied(BaseModel):
    """The copying process's answer for a good picture."""

    model_config = ConfigDict(strict=True, extra="forbid")

    width: _Side
    height: _Side
    suffix: Literal[".png", ".jpg"]


class _Rejected(BaseModel):
    """The copying process's answer for a bad picture, or for a full disk."""

    model_config = ConfigDict(strict=True, extra="forbid")

    code: Literal[
        "not_image",
        "image_damaged",
        "image_too_big",
        "image_too_small",
        "image_too_complex",
        "storage_full",
    ]
    detail: Annotated[str, Field(max_length=100)]

    def error(self) -> SegueError:
        return storage_full() if self.code == "storage_full" else rejection(self.code, self.detail)


_ANSWER: TypeAdapter[_Copied | _Rejected] = TypeAdapter(_Copied | _Rejected)


@dataclass(frozen=True, slots=True)
class AdmittedImage:
    """The clean copy of a picture: RGB or RGBA, upright, without metadata; .png or .jpg."""

    path: Path
    width: int
    height: int


def admit_image(source: Path, *, into: Path, limits: ImageLimits | None = None) -> AdmittedImage:
    """Check a PNG, JPEG or WebP picture, and copy it into the folder ``into``.

    The copy gets a random name.

    Raise ``RejectedFile`` with ``empty``, ``not_image`` or one of the ``image_`` codes.
    """
    if source.stat().st_size == 0:
        raise rejection("empty")
    part = into / f"{secrets.token_hex(16)}.part"
    try:
        answer = _run_copier(source, part, limits or ImageLimits())
        if isinstance(answer, _Rejected):
            raise answer.error()
        path = part.with_suffix(answer.suffix)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return AdmittedImage(path, answer.width, answer.height)


def _run_copier(source: Path, copy: Path, limits: ImageLimits) -> _Copied | _Rejected:
    argv = [sys.executable, "-I", "-B", str(_COPIER), str(source.absolute()), str(copy.absolute())]
    process = start_process(
        [*argv, json.dumps(asdict(limits))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        confinement=limits.confinement,
    )
    with time_limit(process, limits.timeout_s) as limit:
        assert process.stdout is not None
        output = process.stdout.read(_MAX_OUTPUT)
    try:
        return _ANSWER.validate_json(output)
    except ValidationError:
        _log.info("copying a picture failed: the child ended with status %d", process.returncode)
    if limit.exceeded or process.returncode in KILLED_BY_LIMIT:
        raise rejection("image_too_complex", "decoding it took too long")
    raise rejection("image_damaged")
