"""All that is to be changed of a mix, and the button that makes it so."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.jobs import JobView, MixtapeRequest, TrackPick
from backend.app.contract.mixes import TimelineView
from backend.app.contract.uploads import TracksUploadView, TrackView
from frontend import listening, mix_changes, session, words
from frontend.api_client import ApiError
from frontend.components.track_table import track_table
from frontend.draft import picks
from frontend.joins import Join, choice_said
from frontend.problems import escaped

ORDER_KEY = "mix_order"


def render_again(job: JobView, timeline: TimelineView, joins: Sequence[Join]) -> None:
    """Changes so far, the order, and what a new mix would keep of this one."""
    tracks = tracks_of(job, timeline)
    if tracks is None:
        return
    st.subheader("Change this mix", anchor=False)
    before = [track.id for track in tracks]
    list_changes(job, joins)
    order = ask_order(job, tracks)
    changes = mix_changes.changes_to(job.id)
    request = mix_changes.changed_request(job, before, order, changes)
    after = [pick.track_id for pick in order]
    as_it_is = [named_as(track, TrackPick(track_id=track.id)) for track in tracks]
    changed = bool(request.overrides) or order != as_it_is
    with st.container(horizontal=True, vertical_alignment="center", key="again_bar"):
        pressed = st.button(
            "Render again with these changes",
            type="primary",
            icon=":material/replay:",
            disabled=not changed or not order,
            key="again",
        )
        st.caption(what_is_kept(request, before, after) if changed else "Nothing is changed yet.")
    if pressed:
        made = session.api().start(request)
        st.switch_page("views/jobs.py", query_params={"job": made.id})


def crate_of(job: JobView) -> TracksUploadView | None:
    """The crate that a mix was made of, unless it is gone."""
    if not isinstance(job.request, MixtapeRequest):
        return None
    try:
        return session.api().crate(job.request.tracks_upload_id)
    except ApiError as problem:
        if problem.code != "not_found":
            raise
        return None


def tracks_of(job: JobView, timeline: TimelineView) -> list[TrackView] | None:
    """The tracks in the order of the mix, under the names printed; None if they are gone."""
    crate = crate_of(job)
    if crate is None:
        st.caption("The tracks of this mix are no longer there, so it cannot be changed.")
        return None
    by_id = {track.id: track for track in crate.tracks}
    clips = [clip for clip in timeline.clips if clip.role == "track" and clip.track_id in by_id]
    return [
        by_id[clip.track_id].model_copy(update={"title": clip.title, "artist": clip.artist})
        for clip in clips
    ]


def list_changes(job: JobView, joins: Sequence[Join]) -> None:
    """Each change that waits, with a way to drop it."""
    changes = mix_changes.changes_to(job.id)
    by_pair = {join.pair: join for join in joins}
    if not changes.choices:
        st.caption("Change joins above, or the order here; then render once for all of it.")
    for choice in changes.choices:
        join = by_pair.get((choice.outgoing, choice.incoming))
        with st.container(horizontal=True, vertical_alignment="center"):
            name = escaped(join.names) if join else "A join"
            st.markdown(f"{name}: **{choice_said(choice)}**", width="stretch")
            st.button(
                "Drop this change",
                key=f"drop_{choice.outgoing}_{choice.incoming}",
                type="tertiary",
                on_click=mix_changes.keep,
                args=(job.id, changes.without(choice)),
            )


def ask_order(job: JobView, tracks: list[TrackView]) -> list[TrackPick]:
    """The order of the new mix; names can be mended on the way."""
    with st.expander("Order and names", icon=":material/swap_vert:"):
        heard = listening.held([track.id for track in tracks])
        table = track_table(f"mix {job.id}", tracks, heard=heard, looks=False, key=ORDER_KEY)
    by_id = {track.id: track for track in tracks}
    return [named_as(by_id[pick.track_id], pick) for pick in picks(tracks, table.arrangement)]


def named_as(track: TrackView, pick: TrackPick) -> TrackPick:
    """A track under the names it had in this mix, where no other was given."""
    return TrackPick(
        track_id=pick.track_id,
        title=pick.title or track.title or None,
        artist=pick.artist or track.artist or None,
    )


def what_is_kept(request: MixtapeRequest, before: Sequence[str], after: Sequence[str]) -> str:
    """What the new mix takes over from this one."""
    if request.transitions != "dj":
        return "The sound is made anew."
    if request.based_on is None:
        return "With other tracks, all joins are planned anew; what was heard of them is kept."
    kept = mix_changes.joins_kept(before, after, request.overrides)
    joins = "join" if len(after) == 2 else "joins"
    return (
        f"{kept} of {len(after) - 1} {joins} and all levels stay as they are; what was heard of "
        f"the {words.tracks(len(after))} is used again."
    )
