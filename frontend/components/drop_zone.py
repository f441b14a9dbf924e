"""A zone to drop files on; the browser uploads them straight to the API."""

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
    """What may be dropped, where it is uploaded, and the label.

    A ``library`` takes each file by itself; other zones collect files in one upload.
    """

    name: str
    path: str
    field: str
    label: str
    accept: str
    max_bytes: int
    multiple: bool = True
    library: bool = False


# The API decides; these are its default limits, so that larger files are refused before upload.
TRACKS = DropKind("tracks", "/uploads/tracks", "files", "Add tracks", AUDIO_TYPES, 512 * MIB)
PICTURE = DropKind(
    "picture", "/uploads/image", "file", "Add a picture", PICTURE_TYPES, 32 * MIB, multiple=False
)
SOUNDS = DropKind("sounds", "/sounds", "files", "Add sounds", AUDIO_TYPES, 32 * MIB, library=True)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Whether files are being uploaded, and the order in which tracks were dropped."""

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
    """Show the zone, and keep the id of the upload under ``upload_id``.

    Each number of ``draft`` starts with an empty list. ``fields`` are sent with each file dropped
    from now on; ``ordered`` reports the order in which tracks were dropped.
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
        st.rerun()  # so that the texts above and the address know the upload
    return Dropped(bool(result.busy), tuple(result.order or ()))
