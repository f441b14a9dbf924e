"""The changes to a finished mix, and the button that renders it again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.jobs import JobView, MixtapeRequest, TrackPick
from backend.app.contract.mixes import TimelineView
from backend.app.contract.uploads import TracksUploadView, TrackView
from frontend.api.errors import found
from frontend.components.track_table import track_table
from frontend.error_messages import escaped
from frontend.labels import transitions
from frontend.labels.figures import counted
from frontend.state import mix_changes, session, track_analyses
from frontend.state.joins import Join
from frontend.state.mixtape_draft import picks

ORDER_KEY = "mix_order"


def render_again(job: JobView, timeline: TimelineView, joins: Sequence[Join]) -> None:
    """Show the saved changes, the order, and what the new mix keeps."""
    tracks = tracks_of(job, timeline)
    if tracks is None:
        return
    st.subheader("Change this mix", anchor=False)
    list_changes(job, joins)
    order = ask_order(job, tracks)
    base = [track.id for track in tracks]
    request = mix_changes.rerender_request(job, base, order, mix_changes.changes_to(job.id))
    unchanged = [with_names(track, TrackPick(track_id=track.id)) for track in tracks]
    changed = bool(request.overrides) or order != unchanged
    with st.container(horizontal=True, vertical_alignment="center", key="again_bar"):
        pressed = st.button(
            "Render again with these changes",
            type="primary",
            icon=":material/replay:",
            disabled=not changed or not order,
            key="again",
        )
        st.caption(what_is_reused(request, base) if changed else "No changes yet.")
    if pressed:
        started = session.api().start(request)
        st.switch_page("views/jobs.py", query_params={"job": started.id})


def crate_of(job: JobView) -> TracksUploadView | None:
    """Return the crate of a mix, unless the crate was deleted."""
    if not isinstance(job.request, MixtapeRequest):
        return None
    crate_id = job.request.tracks_upload_id
    return found(lambda: session.api().crate(crate_id))


def tracks_of(job: JobView, timeline: TimelineView) -> list[TrackView] | None:
    """List the mix's tracks with their order and names; None if any was deleted."""
    crate = crate_of(job)
    if crate is None:
        st.caption("The tracks of this mix were deleted, so it cannot be changed.")
        return None
    by_id = {track.id: track for track in crate.tracks}
    clips = [clip for clip in timeline.clips if clip.role == "track" and clip.track_id in by_id]
    return [
        by_id[clip.track_id].model_copy(update={"title": clip.title, "artist": clip.artist})
        for clip in clips
    ]


def list_changes(job: JobView, joins: Sequence[Join]) -> None:
    """List the saved changes, each with a button that removes it."""
    changes = mix_changes.changes_to(job.id)
    by_pair = {join.pair: join for join in joins}
    if not changes.choices:
        st.caption("Change transitions above or the order here, then render all changes at once.")
    for choice in changes.choices:
        join = by_pair.get((choice.outgoing, choice.incoming))
        with st.container(horizontal=True, vertical_alignment="center"):
            name = escaped(join.names) if join else "A transition"
            st.markdown(f"{name}: **{transitions.choice(choice)}**", width="stretch")
            st.button(
                "Remove this change",
                key=f"drop_{choice.outgoing}_{choice.incoming}",
                type="tertiary",
                on_click=mix_changes.CHANGES.of(job.id).put,
                args=(changes.without(choice),),
            )


def ask_order(job: JobView, tracks: list[TrackView]) -> list[TrackPick]:
    """Ask for the order and the names of tracks in the new mix."""
    with st.expander("Order and names", icon=":material/swap_vert:"):
        analyses = track_analyses.cached([track.id for track in tracks])
        table = track_table(
            f"mix {job.id}", tracks, analyses=analyses, corrections=False, key=ORDER_KEY
        )
    by_id = {track.id: track for track in tracks}
    return [with_names(by_id[pick.track_id], pick) for pick in picks(tracks, table.arrangement)]


def with_names(track: TrackView, pick: TrackPick) -> TrackPick:
    """Take missing names from the present mix."""
    return TrackPick(
        track_id=pick.track_id,
        title=pick.title or track.title or None,
        artist=pick.artist or track.artist or None,
    )


def what_is_reused(request: MixtapeRequest, base: Sequence[str]) -> str:
    """Say what the new mix reuses of the present one."""
    if request.transitions != "dj":
        return "The whole mix is rendered again."
    if request.based_on is None:
        return "With other tracks, all transitions are planned again; the analyses are reused."
    order = [pick.track_id for pick in request.tracks or []]
    kept = mix_changes.unchanged_joins(base, order, request.overrides)
    return (
        f"{kept} of {counted(len(order) - 1, 'transition')} and all levels stay as they are; the "
        f"analyses of {counted(len(order), 'track')} are reused."
    )
