"""New mixtape: drop tracks and a picture, put them in order, start."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import TrackPick, VideoOptions
from backend.app.contract.uploads import TracksUploadView
from frontend import session, words
from frontend.api_client import ApiError
from frontend.components.drop_zone import PICTURE, TRACKS, DropKind, drop_zone
from frontend.components.track_table import track_table
from frontend.draft import DEFAULT_CROSSFADE_S, Options, picks
from frontend.problems import show

HEIGHTS = {720: "720p", 1080: "1080p", 2160: "4K"}
MP3_QUALITIES = {False: "320 kbit/s", True: "V0, a smaller file"}
LOUDNESS_LUFS = {
    -14.0: "−14 LUFS, as YouTube and Spotify play",
    -16.0: "−16 LUFS, as Apple Music plays",
    -11.0: "−11 LUFS, louder, for a dance floor",
}


def view() -> None:
    """The page from top to bottom."""
    session.share_draft_with_address()
    heading()
    uploading = drop_tracks()
    crate = crate_on_the_table()
    tracks = running_order(crate) if crate else []
    st.subheader("Picture", anchor=False)
    uploading = drop_picture() or uploading
    options = ask_options()
    start(crate, tracks, options, uploading=uploading)


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


def running_order(crate: TracksUploadView) -> list[TrackPick]:
    """The tracks in the order in which they will be heard, to be changed by hand."""
    crossfade_s = float(st.session_state.get("crossfade_s", DEFAULT_CROSSFADE_S))
    return picks(crate.tracks, track_table(crate.id, crate.tracks, crossfade_s=crossfade_s))


def ask_options() -> Options:
    """What can be chosen; all of it has a sensible default."""
    st.subheader("The mix", anchor=False)
    left, right = st.columns(2)
    title = left.text_input(
        "Title",
        key="mix_title",
        max_chars=200,
        placeholder="Untitled mix",
        persist_state="session",
    )
    artist = right.text_input(
        "Artist or DJ", key="mix_artist", max_chars=200, persist_state="session"
    )
    crossfade_s = st.slider(
        "Crossfade in seconds",
        0.0,
        30.0,
        DEFAULT_CROSSFADE_S,
        0.5,
        format="%.1f",
        key="crossfade_s",
        persist_state="session",
        help="How long two tracks sound together. Never longer than either of the two.",
    )
    with st.expander("Sound, video and description", icon=":material/tune:"):
        loudness_lufs, formats, mp3_vbr = ask_sound()
        return Options(
            title=title or "",
            artist=artist or "",
            crossfade_s=crossfade_s,
            loudness_lufs=loudness_lufs,
            formats=formats,
            mp3_vbr=mp3_vbr,
            video=ask_video(),
            intro=ask_intro(),
            hashtags=ask_hashtags(),
        )


def ask_sound() -> tuple[float, list[str], bool]:
    """Loudness, file formats and the kind of MP3."""
    loudness_lufs = st.selectbox(
        "Loudness",
        list(LOUDNESS_LUFS),
        format_func=LOUDNESS_LUFS.__getitem__,
        key="loudness_lufs",
        persist_state="session",
    )
    formats = st.pills(
        "Files",
        list(words.FORMATS),
        default=["mp3"],
        selection_mode="multi",
        format_func=words.FORMATS.__getitem__,
        key="formats",
        persist_state="session",
    )
    mp3_vbr = st.segmented_control(
        "MP3 quality",
        list(MP3_QUALITIES),
        default=False,
        required=True,
        format_func=MP3_QUALITIES.__getitem__,
        key="mp3_vbr",
        persist_state="session",
        disabled="mp3" not in formats,
    )
    return loudness_lufs, formats, bool(mp3_vbr)


def ask_video() -> VideoOptions | None:
    """Whether there is a video, and how large."""
    wanted = st.toggle("Make a video", value=True, key="video", persist_state="session")
    height = st.segmented_control(
        "Video size",
        list(HEIGHTS),
        default=1080,
        required=True,
        format_func=HEIGHTS.__getitem__,
        key="video_height",
        persist_state="session",
        disabled=not wanted,
    )
    return VideoOptions(height=height) if wanted else None


def ask_intro() -> str:
    """The words above the tracklist."""
    return (
        st.text_area(
            "Introduction",
            key="intro",
            max_chars=2000,
            height=90,
            placeholder="Recorded on a rainy Sunday…",
            help="The first lines of the description, above the tracklist.",
            persist_state="session",
        )
        or ""
    )


def ask_hashtags() -> str:
    """The words below the tracklist."""
    return (
        st.text_input(
            "Hashtags",
            key="hashtags",
            placeholder="#housemusic #mixtape",
            persist_state="session",
        )
        or ""
    )


def start(
    crate: TracksUploadView | None, tracks: list[TrackPick], options: Options, *, uploading: bool
) -> None:
    """The button that everything leads to, or what it waits for."""
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
        request = options.request(crate.id, tracks, session.PICTURE_ID.get())
        job = session.api().start(request)
        st.switch_page("views/jobs.py", query_params={"job": job.id})


def why_not_yet(tracks: list[TrackPick], options: Options, *, uploading: bool) -> str | None:
    """What is missing before a mix can start."""
    if uploading:
        return "Files are still on their way."
    if not tracks:
        return "Drop at least one track first."
    return None if options.formats else "Choose at least one kind of file."


view()
