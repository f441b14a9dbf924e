"""Crates of tracks, pictures, and refused files."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .base import Problem, Shape


class TrackView(Shape):
    """An accepted track; ``warnings`` are sentences for the user.

    ``has_link``: its title or artist contains a link, ``@`` or ``#``.
    """

    id: str
    upload_id: str
    title: str
    artist: str
    album: str = ""
    genre: str = ""
    duration_s: float
    has_cover: bool = False
    source_format: str
    warnings: list[str] = []
    has_link: bool = False


class RefusedFileView(Shape):
    """A refused file, under its cleaned file name."""

    name: str
    error: Problem


class TracksUploadView(Shape):
    """A crate: its tracks in upload order, and the files that this request had refused.

    ``added`` are the ids of the tracks added by this request, in the order of its files, so that
    the sender of parallel uploads can restore its own order.
    """

    id: str
    kind: Literal["tracks"] = "tracks"
    created_at: datetime
    tracks: list[TrackView]
    added: list[str] = []
    refused: list[RefusedFileView] = []


class ImageUploadView(Shape):
    """An accepted picture."""

    id: str
    kind: Literal["image"] = "image"
    created_at: datetime
    width: int
    height: int


UploadView = TracksUploadView | ImageUploadView
