"""A blind trial: two versions to play, the answer, and then what they are."""

from __future__ import annotations

from typing import cast

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.listening import (
    AnsweredTrial,
    Better,
    ListeningAnswer,
    ListeningReason,
    ListeningTrial,
    ListeningVersion,
)
from frontend.api.client import artifact_path
from frontend.api.errors import ApiError, attempt
from frontend.components.players.before_after import Side, before_after
from frontend.error_messages import escaped, show_error
from frontend.labels import listening
from frontend.labels.job_status import job_status
from frontend.sections.listening.compare_button import compare_button
from frontend.sections.shared.refresh import follow_job
from frontend.state import session
from frontend.state.job_state import is_active

ANSWERS_BY_KEY: dict[str, Better] = {"a": "a", "b": "b", "e": "same"}
KEYS_ON = "listening_keys"


def show_trial(trial: ListeningTrial) -> None:
    """Show a trial: its progress, then the players, then what the versions are."""
    with st.container(border=True, key="trial"):
        st.subheader(escaped(trial.title), anchor=False)
        if trial.answered is None and trial.duration_s is None:
            show_unfinished(session.api().job(trial.id))
            return
        play(trial)
        if trial.answered is None:
            ask(trial)
        else:
            reveal(trial.answered)
        with st.container(horizontal=True, vertical_alignment="center"):
            if trial.answered is not None:
                compare_button(trial.job_id, trial.transition)
            st.page_link(
                "views/result.py",
                label="Open the mix",
                icon=":material/play_circle:",
                query_params={"job": trial.job_id},
            )


def show_unfinished(job: JobView) -> None:
    """Show the progress of a trial, or why it failed."""
    if is_active(job):
        follow_job(job.id, show_progress)
    elif job.error:
        show_error(job.error)
    else:
        st.markdown(f"{job_status(job)}.")


def show_progress(job: JobView) -> None:
    """Show how far the rendering has got."""
    st.progress(min(1.0, job.progress / 100), text=job_status(job))


def play(trial: ListeningTrial) -> None:
    """Play both versions in step; buttons or keys switch between them, and keys choose an answer.

    A screen reader may need the keys for itself, so they can be turned off.
    """
    has_keys = st.session_state.get(KEYS_ON, True)
    answers = {} if trial.answered else ANSWERS_BY_KEY
    sides = [Side(letter.upper(), artifact_path(trial.id, f"{letter}.mp3")) for letter in "ab"]
    keys = {key: listening.ANSWERS[better] for key, better in answers.items()} if has_keys else None
    seconds = trial.duration_s or 0.0
    pressed = before_after(f"trial_{trial.id}", "the transition", sides, seconds, keys=keys)
    if pressed in answers:
        st.session_state[f"better_{trial.id}"] = answers[pressed]
    st.toggle("Keyboard shortcuts", value=True, key=KEYS_ON, persist_state="session")


def ask(trial: ListeningTrial) -> None:
    """Ask which version is better, and why; save the answer."""
    better = ask_better(trial)
    because = cast(
        "list[ListeningReason]",
        st.pills(
            "Why? (optional)",
            list(listening.REASONS),
            selection_mode="multi",
            format_func=listening.REASONS.__getitem__,
            key=f"because_{trial.id}",
        ),
    )
    note = st.text_input("Note (optional)", max_chars=1000, key=f"note_{trial.id}")
    pressed = st.button(
        "Save the answer",
        type="primary",
        icon=":material/check:",
        disabled=better is None,
        key="save_answer",
        shortcut="Ctrl+Enter",
    )
    if pressed and better is not None:
        save(trial, ListeningAnswer(better=better, because=because, note=note or ""))


def ask_better(trial: ListeningTrial) -> Better | None:
    """Ask which version is better."""
    return cast(
        "Better | None",
        st.radio(
            "Which one is better?",
            list(listening.BETTER),
            index=None,
            format_func=listening.BETTER.__getitem__,
            horizontal=True,
            key=f"better_{trial.id}",
        ),
    )


def save(trial: ListeningTrial, answer: ListeningAnswer) -> None:
    """Save the answer, then show what the versions are."""
    saved = attempt(lambda: session.api().answer_trial(trial.id, answer))
    if isinstance(saved, ApiError):
        show_error(saved)
    else:
        st.rerun()


def reveal(answered: AnsweredTrial) -> None:
    """Show what the versions are, beside the answer."""
    st.markdown(f"**{escaped(answered.outgoing)} → {escaped(answered.incoming)}**")
    st.markdown(f"Your answer: {listening.given(answered.answer)}.")
    better = answered.answer.better
    left, right = st.columns(2)
    with left:
        show_version("A", answered.a, preferred=better == "a")
    with right:
        show_version("B", answered.b, preferred=better == "b")
    if answered.answer.note:
        st.caption(escaped(answered.answer.note))


def show_version(letter: str, version: ListeningVersion, *, preferred: bool) -> None:
    """Show a version's kind and figures."""
    mark = " · better" if preferred else ""
    st.markdown(f"**{letter}{mark}**: {listening.version(version)}")
    pairs = listening.figures(version)
    st.caption("  \n".join(f"{label}: {value}" for label, value in pairs))
