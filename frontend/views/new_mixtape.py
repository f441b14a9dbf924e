"""New mixtape: drop tracks and a picture, put them in order, start."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import TrackPick
from backend.app.contract.uploads import TracksUploadView
from frontend import session, words
from frontend.api_client import ApiError
from frontend.components.drop_zone import PICTURE, TRACKS, DropKind, drop_zone
from frontend.components.track_table import track_table
from frontend.draft import DEFAULT_CROSSFADE_S, Arrangement, Options, picks
from frontend.forms.grid_fix import open_grid_fix
from frontend.forms.heard_line import listen
from frontend.forms.joining import ask_joining
from frontend.forms.output import ask_options
from frontend.forms.publish_later import begin_anew
from frontend.problems import show


def view() -> None:
    """The page from top to bottom."""
    session.share_draft_with_address()
    heading()
    uploading = drop_tracks()
    crate = crate_on_the_table()
    arrangement = running_order(crate, uploading=uploading) if crate else None
    joining = ask_joining()
    st.subheader("Picture", anchor=False)
    uploading = drop_picture() or uploading
    options = ask_options(joining)
    start(crate, arrangement, options, uploading=uploading)


def heading() -> None:
    """The title, and a way to begin anew."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title("New mixtape", anchor=False)
        if session.CRATE_ID.get() or session.PICTURE_ID.get():
            st.button(
                "Start over",
                icon=":material/restart_alt:",
                type="tertiary",
                on_click=session.drop_draft,
            )


def drop_tracks() -> bool:
    """Where tracks are dropped, all into one crate; True while files are on their way."""
    lead = "Add more tracks" if session.CRATE_ID.get() else "Drop your tracks here"
    return zone(
        TRACKS,
        session.CRATE_ID,
        lead,
        "MP3, WAV, FLAC, OGG, Opus or M4A. Press to choose files instead.",
    )


def drop_picture() -> bool:
    """Where the picture behind the video's titles is dropped; True while it is on its way."""
    lead = "Change the picture" if session.PICTURE_ID.get() else "Drop a picture here"
    return zone(
        PICTURE,
        session.PICTURE_ID,
        lead,
        "It stands behind the titles in the video. JPEG, PNG or WebP.",
    )


def zone(kind: DropKind, key: session.Key[str], lead: str, detail: str) -> bool:
    """One drop zone, whose upload's id lives under ``key``."""
    dropped = drop_zone(
        kind,
        lead=lead,
        detail=detail,
        token=session.api().access_token(),
        upload_id=key.get(),
        draft=session.DRAFT.get() or 0,
    )
    if dropped.token_expired:
        session.api().renew()
        st.rerun()
    if dropped.upload_id and dropped.upload_id != key.get():
        key.put(dropped.upload_id)
        st.rerun()  # the words above and the address learn of it
    return dropped.busy


def crate_on_the_table() -> TracksUploadView | None:
    """The crate being worked on, unless it is gone."""
    crate_id = session.CRATE_ID.get()
    if crate_id is None:
        return None
    try:
        return session.api().crate(crate_id)
    except ApiError as problem:
        if problem.code != "not_found":
            raise
    session.drop_draft()
    hint = "Drop them again to go on."
    show(ApiError("not_found", "The tracks of this draft are no longer there.", hint))
    return None


def running_order(crate: TracksUploadView, *, uploading: bool) -> Arrangement | None:
    """The tracks in the order in which they will be heard, to be changed by hand."""
    like_a_dj = st.session_state.get("transitions", "dj") == "dj"
    finds_order = st.session_state.get("order", "given") == "auto"
    heard = listen(crate, uploading=uploading) if like_a_dj or finds_order else None
    table = track_table(
        crate.id,
        crate.tracks,
        heard=heard,
        crossfade_s=float(st.session_state.get("crossfade_s", DEFAULT_CROSSFADE_S)),
        pins=finds_order,
    )
    if heard and table.look_at in heard:
        open_grid_fix(next(track for track in crate.tracks if track.id == table.look_at))
    return table.arrangement


def start(
    crate: TracksUploadView | None,
    arrangement: Arrangement | None,
    options: Options,
    *,
    uploading: bool,
) -> None:
    """The button that everything leads to, or what it waits for."""
    tracks = picks(crate.tracks, arrangement) if crate else []
    reason = why_not_yet(tracks, options, uploading=uploading)
    with st.container(horizontal=True, vertical_alignment="center", key="start_bar"):
        pressed = st.button(
            "Start mixing",
            type="primary",
            icon=":material/graphic_eq:",
            disabled=reason is not None,
            key="start",
        )
        st.caption(reason or f"{words.tracks(len(tracks))}, ready to mix.")
    if pressed and crate is not None:
        pinned = arrangement.pinned if arrangement else []
        request = options.request(crate.id, tracks, session.PICTURE_ID.get(), pinned)
        job = session.api().start(request)
        begin_anew()
        st.switch_page("views/jobs.py", query_params={"job": job.id})


def why_not_yet(tracks: list[TrackPick], options: Options, *, uploading: bool) -> str | None:
    """What is missing before a mix can start."""
    if uploading:
        return "Files are still on their way."
    if not tracks:
        return "Drop at least one track first."
    if not options.formats:
        return "Choose at least one kind of file."
    return options.joining.why_not_yet or options.publish_lacks


view()
