"""Edit a published video on YouTube: texts, audience, declarations, thumbnail."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.publishing import PublicationView, YouTubeStatus
from backend.app.contract.video_edits import VideoEdit, VideoEditCheck, VideoView
from frontend.api.errors import ApiError, attempt
from frontend.components.drop_zone import PICTURE, drop_zone
from frontend.error_messages import show_error
from frontend.labels.figures import counted
from frontend.sections.publish.field_errors import FieldErrors
from frontend.sections.publish.video_metadata import ask_metadata
from frontend.sections.publish.video_options import (
    ask_audience,
    ask_category,
    ask_declarations,
)
from frontend.sections.shared.measurements import show_notes
from frontend.state import publish_draft, session, visit, youtube_state
from frontend.state.video_edit_draft import (
    EDITED,
    LOADED,
    PICTURE_ID,
    SAVED,
    THUMBNAIL,
    close,
    edit_in,
    form_of,
    load,
)

THUMBNAILS = {"keep": "Keep it", "mix": "The mix's own", "picture": "Another picture"}
NOT_CONNECTED = "Connect the channel to edit the video here."
MISSING_PERMISSION = (
    "Segue may upload to this channel, but not change its videos. "
    "Connect YouTube again, and tick every box."
)


def edit_video(publication: PublicationView, status: YouTubeStatus) -> None:
    """Offer to edit a published video; at most one form is open."""
    job_id = publication.job_id
    if EDITED.get() == job_id:
        return edit_form(job_id)
    if publication.state != "published":
        return None
    if not youtube_state.is_usable(status):
        st.caption(NOT_CONNECTED)
        return None
    saved = SAVED.get()
    saved = saved if saved and saved.job_id == job_id else None
    with st.container(horizontal=True, vertical_alignment="center", key=f"edit_line_{job_id}"):
        if not status.may_manage:
            st.caption(MISSING_PERMISSION)
        elif st.button("Edit on YouTube", icon=":material/edit:", key=f"edit_{job_id}"):
            close()
            publish_draft.AGAIN.drop()  # one form at a time
            EDITED.put(job_id)
            SAVED.drop()
            st.rerun()
        if saved:
            st.markdown(":green[:material/check:] Saved on YouTube.")
    if saved:
        show_notes(saved.notes)
    return None


def edit_form(job_id: str) -> None:
    """Draw the form with the video as it is on YouTube, and the changes to it."""
    st.divider()
    st.subheader("Edit on YouTube", anchor=False)
    view = loaded_video(job_id)
    if isinstance(view, ApiError):
        show_error(view)
        return cancel_button("Close")
    form, errors = form_of(job_id), FieldErrors()
    texts, side = st.columns([7, 5], gap="large")
    with texts:
        ask_metadata(form, errors, is_ready=True, has_defaults=False)
    with side:
        st.subheader("Who may see it", anchor=False)
        ask_audience(form, errors, may_wait=False)
        st.subheader("About the video", anchor=False)
        ask_category(form, errors)
        with st.container(gap="xsmall", key="about_video"):
            ask_declarations(form)
        thumbnail, lacking = ask_thumbnail(errors)
        rest = st.container(gap="xsmall", key="errors_rest")
    edit = edit_in(view, st.context.timezone, thumbnail)
    checked = attempt(lambda: session.api().check_edit(job_id, edit))
    if isinstance(checked, ApiError):
        with rest:
            show_error(checked)
        return save_bar(view, edit, lacking or missing(edit, None))
    errors.show(checked.faults, rest)
    return save_bar(view, edit, lacking or missing(edit, checked))


def loaded_video(job_id: str) -> VideoView | ApiError:
    """Return the video as it was when the form was opened; read it the first time."""
    view = LOADED.get()
    if view is not None:
        return view
    answer = attempt(lambda: session.api().video(job_id))
    if not isinstance(answer, ApiError):
        load(answer, st.context.timezone)
    return answer


def ask_thumbnail(errors: FieldErrors) -> tuple[str, str | None]:
    """Ask for another thumbnail: the mix's own, or a picture to upload; also say what it lacks."""
    chosen = st.radio(
        "Thumbnail",
        list(THUMBNAILS),
        format_func=THUMBNAILS.__getitem__,
        horizontal=True,
        key=THUMBNAIL,
    )
    lacking = None
    if chosen == "picture":
        lead = "Change the picture" if PICTURE_ID.get() else "Drop a picture here"
        detail = "JPEG, PNG or WebP; best 1280 × 720."
        dropped = drop_zone(PICTURE, PICTURE_ID, lead=lead, detail=detail)
        if dropped.busy:
            lacking = "The picture is still uploading."
        elif not PICTURE_ID.get():
            lacking = "Drop a picture first, or keep the thumbnail."
    errors.reserve("thumbnail")
    return chosen or "keep", lacking


def save_bar(view: VideoView, edit: VideoEdit, lacking: str | None) -> None:
    """Draw the buttons that save or close; say what is missing."""
    with st.container(horizontal=True, vertical_alignment="center", key="save_bar"):
        pressed = st.button(
            "Save on YouTube",
            icon=":material/publish:",
            type="primary",
            key="save_video",
            disabled=lacking is not None,
        )
        cancel_button("Cancel")
        st.caption(lacking or "Saving changes the video on YouTube at once.")
    if pressed:
        save(view.job_id, edit)


def save(job_id: str, edit: VideoEdit) -> None:
    """Change the video; then close the form, or show why it was not changed."""
    saved = attempt(lambda: session.api().edit_video(job_id, edit))
    if isinstance(saved, ApiError):
        return show_error(saved)
    SAVED.put(saved)
    visit.forget_on_leaving(SAVED)
    close()
    st.rerun()
    return None


def missing(edit: VideoEdit, checked: VideoEditCheck | None) -> str | None:
    """Say why the change cannot be saved; None if it can."""
    if edit == VideoEdit():
        return "Nothing is changed yet."
    if checked is None:
        return "YouTube's limits could not be checked."
    n_errors = sum(not fault.is_warning for fault in checked.faults)
    return f"Fix {counted(n_errors, 'problem')} first." if n_errors else None


def cancel_button(label: str) -> None:
    """Draw a button that closes the form."""
    if st.button(label, key="close_edit"):
        close()
        st.rerun()
