"""The draft of a change to a published video: what was loaded, and what differs now."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import streamlit as st
from pydantic import BaseModel

from backend.app.contract.video_edits import VideoEdit, VideoView

from ..labels.figures import timezone_of
from . import session
from .publish_draft import VideoDraft, draft_in, fill, in_utc, suggested_release

#: The publish job whose video is being edited.
EDITED = session.Key[str]("edited_video")
#: The video as it was when the form was opened.
LOADED = session.Key[VideoView]("video_on_youtube")
#: YouTube's answer to the last change, until the user leaves the page.
SAVED = session.Key[VideoView]("video_saved")
#: Key of the field for the thumbnail.
THUMBNAIL = "edit_thumbnail"
#: The picture to set as a thumbnail.
PICTURE_ID = session.Key[str]("thumbnail_picture")

_TEXTS = ("title", "description", "tags", "language", "category_id")
_DECLARATIONS = ("made_for_kids", "synthetic_media")


class SavedEdit(BaseModel):
    """An open form: the video as it was loaded, and the fields."""

    loaded: VideoView
    draft: VideoDraft
    thumbnail: Literal["keep", "mix", "picture"] | None = None
    picture_id: str | None = None


def read() -> SavedEdit | None:
    """Read the open form from the widgets; None if no form is open."""
    view = LOADED.get()
    if view is None or EDITED.get() != view.job_id:
        return None
    return SavedEdit(
        loaded=view,
        draft=draft_in(form_of(view.job_id)),
        thumbnail=st.session_state.get(THUMBNAIL),
        picture_id=PICTURE_ID.get(),
    )


def restore(saved: SavedEdit) -> None:
    """Open a saved form, before it is drawn."""
    EDITED.put(saved.loaded.job_id)
    LOADED.put(saved.loaded)
    fill(form_of(saved.loaded.job_id), saved.draft)
    if saved.thumbnail:
        st.session_state[THUMBNAIL] = saved.thumbnail
    if saved.picture_id:
        PICTURE_ID.put(saved.picture_id)


def form_of(job_id: str) -> str:
    """Name of the form in which a publish job's video is edited."""
    return f"edit_{job_id}"


def load(view: VideoView, zone: str | None) -> None:
    """Fill the form with a video as it is on YouTube."""
    LOADED.put(view)
    fill(form_of(view.job_id), _draft_of(view, zone))


def draft_like(view: VideoView, zone: str | None) -> VideoDraft:
    """Make a draft of another video with the same texts, private at first."""
    same = {"audience": "private", "goes_public_at": suggested_release(zone)}
    return _draft_of(view, zone).model_copy(update=same)


def close() -> None:
    """Close the form, without a change."""
    for key in (EDITED, LOADED, PICTURE_ID):
        key.drop()


def edit_in(view: VideoView, zone: str | None, thumbnail: str) -> VideoEdit:
    """Build the change: only fields that differ from what was loaded.

    So a field that the owner changes in YouTube Studio meanwhile stays as it is there.
    ``thumbnail`` is ``keep``, ``mix`` or ``picture``.
    """
    draft, before = draft_in(form_of(view.job_id)), _draft_of(view, zone)
    changed: dict[str, object] = {
        name: getattr(draft, name)
        for name in (*_TEXTS, *_DECLARATIONS)
        if getattr(draft, name) != getattr(before, name)
    }
    if _audience(draft, zone) != _audience(before, zone):
        changed["privacy"], changed["publish_at"] = _audience(draft, zone)
    if thumbnail == "mix":
        changed["thumbnail"] = "mix"
    if thumbnail == "picture" and PICTURE_ID.get():
        changed["thumbnail_upload_id"] = PICTURE_ID.get()
    return VideoEdit.model_validate(changed)


def _audience(draft: VideoDraft, zone: str | None) -> tuple[str, datetime | None]:
    if draft.audience == "later":
        return "private", in_utc(draft.goes_public_at, zone)
    return draft.audience, None


def _draft_of(view: VideoView, zone: str | None) -> VideoDraft:
    at = view.publish_at
    local = at.astimezone(timezone_of(zone)).replace(tzinfo=None, second=0) if at else None
    return VideoDraft(
        title=view.title,
        description=view.description,
        tags=view.tags,
        language=view.language or "en",
        audience="later" if at else view.privacy,
        goes_public_at=local or suggested_release(zone),
        category_id=view.category_id,
        made_for_kids=view.made_for_kids,
        synthetic_media=view.synthetic_media,
    )
