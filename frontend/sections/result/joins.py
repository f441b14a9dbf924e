"""The joins of a finished mix: figures, previews, changes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobView, MixtapeRequest, PreviewRequest
from frontend.components.cards.join_row import join_row
from frontend.error_messages import report_errors, show_error
from frontend.labels.job_status import job_status
from frontend.sections.listening.compare_button import compare_button
from frontend.sections.result.join_change import ask_choice
from frontend.sections.shared.pagination import page_links, page_of
from frontend.sections.shared.refresh import follow_job
from frontend.state import mix_changes, previews, session
from frontend.state.job_state import is_active
from frontend.state.joins import Join

JOINS_PER_PAGE = 12


def show_joins(job: JobView, joins: Sequence[Join]) -> None:
    """List all joins, on several pages if there are many."""
    st.subheader("Transitions", anchor=False)
    page_key = f"joins_{job.id}"
    with st.container(key="joins", gap=None):
        for join in page_of(joins, JOINS_PER_PAGE, page_key):
            with st.container(key=f"join_{join.index}"):
                join_row(join)
                st.fragment(controls)(job, join)
    page_links(joins, JOINS_PER_PAGE, page_key)


def controls(job: JobView, join: Join) -> None:
    """Draw a join's buttons to play or change it; plain crossfades can't be changed."""
    request = job.request if isinstance(job.request, MixtapeRequest) else None
    can_change = request is not None and request.transitions == "dj"
    with report_errors(), st.container(key=f"do_{join.index}"):
        changing = f"changing_{join.index}"
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = preview_button("Play this transition", preview_of(job, join, None))
            if can_change:
                compare_button(job.id, join.index)
                st.toggle("Change it", key=changing)
                if mix_changes.changes_to(job.id).for_pair(*join.pair):
                    st.badge("Changed", icon=":material/edit:", color="orange")
        play(join, preview_of(job, join, None), wait=asked)
        if request and can_change and st.session_state.get(changing):
            change(job, join, stem_swaps=request.stem_model is not None)


def change(job: JobView, join: Join, *, stem_swaps: bool) -> None:
    """Ask for a change of a join, preview it, and save it for the next render."""
    with st.container(border=True, key=f"change_{join.index}"):
        choice = ask_choice(join, stem_swaps=stem_swaps)
        unchanged = choice == PairChoice(outgoing=join.pair[0], incoming=join.pair[1])
        preview = preview_of(job, join, choice)
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = preview_button("Preview the change", preview, disabled=unchanged)
            if st.button(
                "Save this change",
                key=f"save_{join.index}",
                icon=":material/check:",
                disabled=unchanged,
            ):
                changes = mix_changes.changes_to(job.id).with_choice(choice)
                mix_changes.CHANGES.of(job.id).put(changes)
                st.rerun()
        if not unchanged:
            play(join, preview, wait=asked)


def preview_of(job: JobView, join: Join, choice: PairChoice | None) -> PreviewRequest:
    """Build the request for a preview of a join, unchanged or changed."""
    return PreviewRequest(job_id=job.id, transition=join.index, override=choice)


def preview_button(label: str, preview: PreviewRequest, *, disabled: bool = False) -> bool:
    """Draw a button that renders and plays a preview; return True if it was pressed."""
    is_asked = st.button(
        label,
        key=f"preview_{preview.transition}_{preview.override is None}",
        icon=":material/headphones:",
        disabled=disabled,
    )
    if is_asked:
        previews.start(preview)
    return is_asked


def play(join: Join, preview: PreviewRequest, *, wait: bool) -> None:
    """Show a preview's progress, then its player.

    With ``wait``, this run of the page waits for the usual preview, which is faster than to look
    again every second and then draw the whole page.
    """
    job = previews.job_for(preview)
    if wait and job is not None and is_active(job):
        job = wait_for(job, preview)
    if job is None:
        return
    if is_active(job):
        follow_job(job.id, lambda job: show_progress(job, preview))
    elif job.status == "succeeded":
        autoplay = previews.plays_automatically(preview)
        url = session.link_to(job.id, previews.FILE, inline=True)
        st.audio(url, format="audio/mpeg", autoplay=autoplay, alt=join.names)
    else:
        previews.forget(preview)
        if job.error:
            show_error(job.error)


def wait_for(job: JobView, preview: PreviewRequest) -> JobView | None:
    """Show a progress message until a preview ends, at most as long as most take."""
    place = st.empty()
    with place.container(key=f"turning_{preview.transition}"):
        st.markdown(f":material/progress_activity: {job_status(job)}…")
    job_then = previews.wait_for(preview)
    place.empty()
    return job_then


def show_progress(job: JobView, preview: PreviewRequest) -> None:
    """Show how far a preview has got."""
    with st.container(key=f"turning_{preview.transition}_{preview.override is None}"):
        st.markdown(f":material/progress_activity: {job_status(job)}…")
