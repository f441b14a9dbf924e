"""A zone to drop files on; the browser uploads them directly to the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import streamlit as st

from ..state.session import Key
from .bundles import Widget

_WIDGET = Widget("drop_zone")

MIB = 1024 * 1024
AUDIO_TYPES = ".mp3,.wav,.aif,.aiff,.aifc,.flac,.ogg,.opus,.webm,.mka,.m4a,.mp4,audio/*"
PICTURE_TYPES = ".jpg,.jpeg,.png,.webp,image/*"


@dataclass(frozen=True, slots=True)
class DropKind:
    """A kind of file to drop, its upload address, and the zone's label.

    A zone for the ``library`` uploads each file separately; others collect files in one upload.
    """

    name: str
    path: str
    field: str
    label: str
    accept: str
    max_bytes: int
    multiple: bool = True
    library: bool = False


# The API's default limits, so that the browser refuses larger files before the upload. The API
# decides.
TRACKS = DropKind("tracks", "/uploads/tracks", "files", "Add tracks", AUDIO_TYPES, 512 * MIB)
PICTURE = DropKind(
    "picture", "/uploads/image", "file", "Add a picture", PICTURE_TYPES, 32 * MIB, multiple=False
)
SOUNDS = DropKind("sounds", "/sounds", "files", "Add sounds", AUDIO_TYPES, 32 * MIB, library=True)


@dataclass(frozen=True, slots=True)
class Dropped:
    """State of a drop zone: whether files are uploading, and the order of dropped tracks."""

    busy: bool
    order: tuple[str, ...] = ()


def drop_zone(
    kind: DropKind,
    upload_id: Key[str] | None = None,
    *,
    lead: str,
    detail: str,
    draft: int = 0,
    fields: Mapping[str, str] | None = None,
    ordered: bool = False,
) -> Dropped:
    """Show the drop zone, and store the upload's id under ``upload_id``.

    When the number ``draft`` changes, the zone starts with an empty list. ``fields`` are sent with
    each file dropped from now on; ``ordered`` reports the order in which tracks were dropped.
    """
    data = {
        **asdict(kind),
        "fields": dict(fields or {}),
        "lead": lead,
        "detail": detail,
        "upload_id": upload_id and upload_id.get(),
        "draft": draft,
        "ordered": ordered,
    }
    result = _WIDGET.draw_with_api(f"drop_{kind.name}", data, "changed", "busy", "order")
    changed = (result.changed or {}).get("upload_id")
    if upload_id and changed and changed != upload_id.get():
        upload_id.put(changed)
        st.rerun()  # so that the texts above and the address show the new upload
    return Dropped(bool(result.busy), tuple(result.order or ()))
