"""Crates of tracks, pictures, and what the gate says of each file."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .base import Problem, Shape


class TrackView(Shape):
    """A track that passed the gate. ``warnings`` are sentences a person can read."""

    id: str
    upload_id: str
    title: str
    artist: str
    album: str = ""
    duration_s: float
    has_cover: bool = False
    source_format: str
    warnings: list[str] = []


class RefusedFileView(Shape):
    """A file that did not pass, under the (cleaned) name it came with."""

    name: str
    error: Problem


class TracksUploadView(Shape):
    """A crate: its tracks in the order they came, and the files just refused.

    ``added`` are the ids of the tracks that this request brought, in its files' order: uploads
    that run side by side end in any order, and the sender knows in which order they were dropped.
    """

    id: str
    kind: Literal["tracks"] = "tracks"
    created_at: datetime
    tracks: list[TrackView]
    added: list[str] = []
    refused: list[RefusedFileView] = []


class ImageUploadView(Shape):
    """A picture that passed the gate."""

    id: str
    kind: Literal["image"] = "image"
    created_at: datetime
    width: int
    height: int


UploadView = TracksUploadView | ImageUploadView
