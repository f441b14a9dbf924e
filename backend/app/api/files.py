"""Answers that are files: with ranges, never shown in the browser, under a harmless name."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse

from ..errors import NotFound

_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|\r\n', "_"))


def harmless(name: str) -> str:
    """A name that no file system takes for a path or for something hidden."""
    return name.translate(_NOT_IN_A_NAME).lstrip(".")


def file_answer(path: Path, *, media_type: str, name: str, etag: str) -> FileResponse:
    """A file to download or to play; ``etag`` changes when its bytes do.

    ``Range`` and ``If-Range`` are answered, so that a player can seek and a download can resume.
    """
    if not path.is_file():  # deleted since its row was read
        raise NotFound("The file is no longer there.")
    return FileResponse(
        path,
        media_type=media_type,
        filename=harmless(name),
        headers={"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"},
    )
