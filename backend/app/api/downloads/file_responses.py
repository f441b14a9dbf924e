"""File responses: ranges, ETag, safe download names."""

from __future__ import annotations

from pathlib import Path

from ...errors import NotFound
from .sent import ReportingFile

_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|\r\n', "_"))


def harmless(name: str) -> str:
    """Replace characters that would make a path or a hidden file."""
    return name.translate(_NOT_IN_A_NAME).lstrip(".")


def file_answer(path: Path, *, media_type: str, name: str, etag: str) -> ReportingFile:
    """Build a response for a file; ``etag`` must change with its bytes.

    Supports ``Range`` and ``If-Range``, so that players can seek and downloads can resume.
    """
    if not path.is_file():  # deleted since its row was read
        raise NotFound("The file is no longer there.")
    return ReportingFile(
        path,
        media_type=media_type,
        filename=harmless(name),
        headers={"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"},
    )
