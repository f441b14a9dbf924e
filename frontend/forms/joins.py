"""The joins of a mix: read, heard, and changed one by one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobView, MixtapeRequest
from frontend import mix_changes, previews, words
from frontend.components.join_row import join_row
from frontend.forms.join_change import ask_choice
from frontend.joins import Join
from frontend.problems import show, told_in_words

REFRESH_S = 1.0
#: As many joins on a page as one looks through without losing the thread.
JOINS_A_PAGE = 12
ACTIVE = ("queued", "running")


def show_joins(job: JobView, joins: Sequence[Join]) -> None:
    """All joins, in pages where there are many."""
    st.subheader("Transitions", anchor=False)
    n_pages = -(-len(joins) // JOINS_A_PAGE)
    first = JOINS_A_PAGE * (int(st.session_state.get(f"joins_{job.id}", 1)) - 1)
    with st.container(key="joins", gap=None):
        for join in joins[first : first + JOINS_A_PAGE]:
            with st.container(key=f"join_{join.index}"):
                join_row(join)
                st.fragment(controls)(job, join)
    if n_pages > 1:
        st.pagination(n_pages, key=f"joins_{job.id}")


def controls(job: JobView, join: Join) -> None:
    """Hear a join as it is, and change it."""
    with told_in_words(), st.container(key=f"do_{join.index}"):
        changing = f"changing_{join.index}"
        with st.container(horizontal=True, vertical_alignment="center"):
            hear_button("Hear this join", job, join, None)
            if can_change(job):
                st.toggle("Change it", key=changing)
                pending(job, join)
        play(job, join, None)
        if can_change(job) and st.session_state.get(changing):
            change(job, join)


def can_change(job: JobView) -> bool:
    """Plain crossfades have nothing to choose."""
    return isinstance(job.request, MixtapeRequest) and job.request.transitions == "dj"


def takes_apart(job: JobView) -> bool:
    """Whether this mix has somebody who takes tracks apart."""
    return isinstance(job.request, MixtapeRequest) and job.request.stem_model is not None


def pending(job: JobView, join: Join) -> None:
    """A mark on a join that waits for its change."""
    if mix_changes.changes_to(job.id).for_pair(*join.pair):
        st.badge("Changed", icon=":material/edit:", color="orange")


def change(job: JobView, join: Join) -> None:
    """Choose, hear what was chosen, keep it for the next render."""
    with st.container(border=True, key=f"change_{join.index}"):
        choice = ask_choice(join, stem_swaps=takes_apart(job))
        unchanged = choice == PairChoice(outgoing=join.pair[0], incoming=join.pair[1])
        with st.container(horizontal=True, vertical_alignment="center"):
            hear_button("Hear it so", job, join, choice, disabled=unchanged)
            if st.button(
                "Keep this change",
                key=f"keep_{join.index}",
                icon=":material/check:",
                disabled=unchanged,
            ):
                keep(job, mix_changes.changes_to(job.id).with_choice(choice))
        if not unchanged:
            play(job, join, choice)


def keep(job: JobView, changes: mix_changes.Changes) -> None:
    """Keep the changes; the whole page is to show them."""
    mix_changes.keep(job.id, changes)
    st.rerun()


def hear_button(
    label: str, job: JobView, join: Join, choice: PairChoice | None, *, disabled: bool = False
) -> None:
    """Have a preview made and played."""
    if st.button(
        label,
        key=f"hear_{join.index}_{choice is None}",
        icon=":material/headphones:",
        disabled=disabled,
    ):
        previews.ask(previews.request_for(job.id, join.index, choice))


def play(job: JobView, join: Join, choice: PairChoice | None) -> None:
    """The preview, if it was asked for: what it waits for, then the sound."""
    request = previews.request_for(job.id, join.index, choice)
    preview = previews.job_for(request)
    if preview is None:
        return
    if preview.status in ACTIVE:
        st.fragment(follow, run_every=REFRESH_S)(job, join, choice)
    elif preview.status == "succeeded":
        at_once = previews.plays_by_itself(request)
        st.audio(previews.link(preview), format="audio/mpeg", autoplay=at_once, alt=join.names)
    else:
        previews.forget(request)
        if preview.error:
            show(preview.error)


def follow(job: JobView, join: Join, choice: PairChoice | None) -> None:
    """What the preview is at; the page plays it as soon as it is there."""
    with told_in_words():
        preview = previews.job_for(previews.request_for(job.id, join.index, choice))
        if preview is None or preview.status not in ACTIVE:
            st.rerun()
        else:
            with st.container(key=f"turning_{join.index}_{choice is None}"):
                st.markdown(f":material/progress_activity: {words.standing(preview)}…")
