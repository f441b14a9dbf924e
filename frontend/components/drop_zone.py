"""A place to drop files, which go straight from the browser to the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from ..api_client import api_base
from .bundles import script, style

_COMPONENT = st.components.v2.component(
    "segue.drop_zone",
    html="<div data-root></div>",
    css=style("drop_zone"),
    js=script("drop_zone"),
)

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DropKind:
    """What may be dropped, where it goes and what the zone says.

    A library takes each file by itself; other zones gather files into one upload.
    """

    name: str
    path: str
    field: str
    accept: str
    multiple: bool
    max_bytes: int
    label: str
    library: bool = False


# The limits are the API's defaults: a larger file is told so before it is sent. The API decides.
TRACKS = DropKind(
    "tracks",
    "/uploads/tracks",
    "files",
    ".mp3,.wav,.flac,.ogg,.opus,.m4a,audio/*",
    True,
    512 * MIB,
    "Add tracks",
)
PICTURE = DropKind(
    "picture",
    "/uploads/image",
    "file",
    ".jpg,.jpeg,.png,.webp,image/*",
    False,
    32 * MIB,
    "Add a picture",
)


SOUNDS = DropKind(
    "sounds",
    "/sounds",
    "files",
    ".mp3,.wav,.flac,.ogg,.opus,.m4a,audio/*",
    True,
    32 * MIB,
    "Add sounds",
    library=True,
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What the zone reports: the upload that changed, a token that ran out, files on their way.

    ``order`` are the tracks that were dropped here, in that order, where it was asked for.
    """

    upload_id: str | None
    token_expired: bool
    busy: bool
    order: tuple[str, ...] = ()


def drop_zone(
    kind: DropKind,
    *,
    lead: str,
    detail: str,
    token: str,
    upload_id: str | None,
    draft: int,
    fields: Mapping[str, str] | None = None,
    ordered: bool = False,
) -> Dropped:
    """Show the zone; ``draft`` counts fresh starts, so that a new one begins with an empty list.

    ``fields`` are sent along with each file that is dropped from now on; ``ordered`` asks in which
    order they were dropped.
    """
    result = _COMPONENT(
        key=f"drop_{kind.name}",
        data={
            "endpoint": api_base() + kind.path,
            "field": kind.field,
            "accept": kind.accept,
            "multiple": kind.multiple,
            "max_bytes": kind.max_bytes,
            "label": kind.label,
            "library": kind.library,
            "fields": dict(fields or {}),
            "lead": lead,
            "detail": detail,
            "token": token,
            "upload_id": upload_id,
            "draft": draft,
            "ordered": ordered,
        },
        on_changed_change=lambda: None,
        on_token_expired_change=lambda: None,
        on_busy_change=lambda: None,
        on_order_change=lambda: None,
    )
    changed = result.changed or {}
    return Dropped(
        changed.get("upload_id"),
        result.token_expired is not None,
        bool(result.busy),
        tuple(result.order or ()),
    )
