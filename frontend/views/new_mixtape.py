"""New mixtape page: tracks, running order, picture, options, start."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.uploads import TracksUploadView
from frontend.components.drop_zone import PICTURE, TRACKS, drop_zone
from frontend.components.track_table import track_table
from frontend.labels.figures import counted
from frontend.sections.mixtape.analysis_status import show_analyses
from frontend.sections.mixtape.grid_correction import open_grid_correction, show_grid_correction
from frontend.sections.mixtape.output import ask_output
from frontend.sections.mixtape.transitions_and_order import ask_joining
from frontend.sections.publish import publish_when_ready
from frontend.sections.shared.crate import FORMATS, load_crate, page_heading
from frontend.sections.shared.form_fields import start_bar
from frontend.sections.shared.form_restore import keep_over_reload
from frontend.state import saved_page, session
from frontend.state.address_draft import CRATE_ID, MIXTAPE, PICTURE_ID
from frontend.state.mixtape_draft import (
    DEFAULT_CROSSFADE_S,
    Arrangement,
    Joining,
    Output,
    linked_names,
    locks,
    picks,
)


def view() -> None:
    """Draw the New mixtape page."""
    MIXTAPE.share()
    keep_over_reload(saved_page.new_mixtape())
    page_heading("New mixtape", MIXTAPE, "start_over")
    crate = load_crate(MIXTAPE)
    uploading = upload_tracks()
    arrangement = running_order(crate, uploading=uploading) if crate else None
    joining, joining_missing = ask_joining()
    st.subheader("Picture", anchor=False)
    uploading = upload_picture() or uploading
    linked = linked_names(crate.tracks, arrangement) if crate else []
    output, publish_missing = ask_output(linked)
    n_tracks = len(picks(crate.tracks, arrangement)) if crate else 0
    pressed = start_bar(
        "Start mixing",
        "graphic_eq",
        missing=missing(n_tracks, output, uploading) or joining_missing or publish_missing,
        ready=f"{counted(n_tracks, 'track')}, ready to mix.",
    )
    if pressed and crate:
        start(crate, arrangement, joining, output)


def upload_tracks() -> bool:
    """Draw the drop zone for tracks; return True while files are uploading."""
    lead = "Add more tracks" if CRATE_ID.get() else "Drop your tracks here"
    return drop_zone(TRACKS, CRATE_ID, lead=lead, detail=FORMATS, draft=MIXTAPE.number).busy


def upload_picture() -> bool:
    """Draw the drop zone for the video's background; return True while uploading."""
    lead = "Change the picture" if PICTURE_ID.get() else "Drop a picture here"
    detail = "The background of the video. JPEG, PNG or WebP."
    return drop_zone(PICTURE, PICTURE_ID, lead=lead, detail=detail, draft=MIXTAPE.number).busy


def running_order(crate: TracksUploadView, *, uploading: bool) -> Arrangement | None:
    """Show the tracks in playing order; the user can move, rename and correct them."""
    like_a_dj = st.session_state.get("transitions", "dj") == "dj"
    finds_order = st.session_state.get("order", "given") == "auto"
    needs_analyses = like_a_dj or finds_order
    analyses = show_analyses(crate, uploading=uploading) if needs_analyses else None
    table = track_table(
        crate.id,
        crate.tracks,
        analyses=analyses,
        crossfade_s=0.0
        if like_a_dj
        else float(st.session_state.get("crossfade_s", DEFAULT_CROSSFADE_S)),
        pins=finds_order,
    )
    if analyses and table.opened in analyses:
        open_grid_correction(table.opened)
    if analyses:
        show_grid_correction(crate.tracks)
    return table.arrangement


def missing(n_tracks: int, output: Output, uploading: bool) -> str | None:
    """Return what the user must still do before a mix can start."""
    if uploading:
        return "Files are still uploading."
    if not n_tracks:
        return "Drop at least one track first."
    return None if output["formats"] else "Choose at least one file format."


def start(
    crate: TracksUploadView, arrangement: Arrangement | None, joining: Joining, output: Output
) -> None:
    """Start the mixtape job, and show its progress."""
    tracks = picks(crate.tracks, arrangement)
    finds_order = joining["order"] == "auto"
    request = MixtapeRequest(
        tracks_upload_id=crate.id,
        tracks=tracks,
        bg_image_upload_id=PICTURE_ID.get(),
        locks=locks(tracks, arrangement.pinned) if arrangement and finds_order else [],
        **joining,
        **output,
    )
    job = session.api().start(request)
    publish_when_ready.reset()
    st.switch_page("views/jobs.py", query_params={"job": job.id})


view()
