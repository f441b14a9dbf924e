"""A track's beat and key, to be checked by ear and put right."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.analysis import KEY_NAMES, GridFix, TrackAnalysis
from backend.app.contract.uploads import TrackView
from frontend import dj_words, grid_fixes, listening, session
from frontend.api_client import ApiError
from frontend.components.track_sound import track_sound
from frontend.problems import escaped, show, told_in_words

#: The track being looked at, how its grid was when the look began, and what went wrong since.
BEFORE = session.Key[str]("grid_before")
TROUBLE = session.Key[ApiError]("grid_trouble")
#: Counts fixes, so that the fields show what the last one made of the track.
ROUND = session.Key[int]("grid_round")
AS_HEARD = "as heard"


def open_grid_fix(track: TrackView) -> None:
    """Show the dialog; the page is drawn anew when it closes."""
    analysis = listening.held([track.id])[track.id]
    BEFORE.put(dj_words.grid(analysis))
    st.dialog(f"The beat of {escaped(track.title)}", width="medium", on_dismiss="rerun")(look)(
        track
    )


def look(track: TrackView) -> None:
    """From top to bottom: hear it, put it right, read what changed."""
    with told_in_words():
        analysis = listening.held([track.id])[track.id]
        st.caption("Play it with the click on. Low clicks are beats, the high click is the one.")
        track_sound(
            f"grid_{track.id}",
            f"/tracks/{track.id}/audio",
            beats_s=analysis.rhythm.beats_s,
            downbeats=analysis.rhythm.downbeats,
        )
        ask_beats(track, analysis)
        ask_figures(track, analysis)
        before_and_after(track, analysis)


def ask_beats(track: TrackView, analysis: TrackAnalysis) -> None:
    """The steps that mend nearly every grid."""
    has_beats = bool(analysis.rhythm.beats_s)
    with st.container(horizontal=True, key="grid_steps"):
        step("×2 — twice the beats", track, lambda: grid_fixes.doubled(analysis), has_beats)
        step("÷2 — half the beats", track, lambda: grid_fixes.halved(analysis), has_beats)
    with st.container(horizontal=True, key="grid_shifts"):
        step("½ beat earlier", track, lambda: grid_fixes.shifted(analysis, -0.5), has_beats)
        step("½ beat later", track, lambda: grid_fixes.shifted(analysis, 0.5), has_beats)
        step(
            "The one: a beat earlier", track, lambda: grid_fixes.one_moved(analysis, -1), has_beats
        )
        step("The one: a beat later", track, lambda: grid_fixes.one_moved(analysis, 1), has_beats)


def step(label: str, track: TrackView, fix: Callable[[], GridFix], enabled: bool) -> None:
    """A button for one step."""
    st.button(
        label,
        key=f"grid {label}",
        disabled=not enabled,
        on_click=lambda: apply(track, fix()),
    )


def ask_figures(track: TrackView, analysis: TrackAnalysis) -> None:
    """Tempo and key, for who knows them."""
    turn = f"{track.id} {ROUND.get() or 0}"
    left, right = st.columns(2)
    rhythm = analysis.rhythm
    tempo = left.number_input(
        "Tempo in BPM",
        40.0,
        250.0,
        value=round(min(250.0, max(40.0, rhythm.tempo_bpm)), 2) if rhythm.beats_s else None,
        step=0.01,
        format="%.2f",
        placeholder="None found",
        key=f"grid tempo {turn}",
        help="A figure of your own lays a steady grid from the first bar on.",
    )
    heard = analysis.harmony.key
    by_hand = grid_fixes.fix_of(analysis).key
    key = right.selectbox(
        "Key",
        [AS_HEARD, *KEY_NAMES],
        index=KEY_NAMES.index(by_hand) + 1 if by_hand else 0,
        format_func=lambda name: key_label(name, None if by_hand else heard),
        key=f"grid key {turn}",
    )
    if tempo is not None and (not rhythm.beats_s or abs(tempo - rhythm.tempo_bpm) >= 0.005):
        apply_and_redraw(track, grid_fixes.at_tempo(analysis, tempo))
    if (None if key == AS_HEARD else key) != by_hand:
        apply_and_redraw(track, grid_fixes.in_key(analysis, None if key == AS_HEARD else key))


def key_label(name: str, heard: str | None) -> str:
    """A key with its code on the wheel."""
    if name != AS_HEARD:
        return f"{dj_words.camelot(name)} · {name}"
    return f"As heard: {key_label(heard, None)}" if heard else "As heard"


def before_and_after(track: TrackView, analysis: TrackAnalysis) -> None:
    """What the steps so far did, and the way back."""
    problem = TROUBLE.get()
    if problem:
        show(problem)
        TROUBLE.drop()
    st.markdown(f"Before: {escaped(BEFORE.get() or '')}  \n**Now: {dj_words.grid(analysis)}**")
    fix = grid_fixes.fix_of(analysis)
    with st.container(horizontal=True, vertical_alignment="center", key="grid_end"):
        st.caption(f"Put right by you: {grid_fixes.said(fix)}.", width="stretch")
        st.button(
            "Reset",
            icon=":material/undo:",
            type="tertiary",
            disabled=fix == grid_fixes.UNTOUCHED,
            on_click=lambda: apply(track, grid_fixes.UNTOUCHED),
        )
        if st.button("Done", type="primary", key="grid_done"):
            st.rerun()


def apply_and_redraw(track: TrackView, fix: GridFix) -> None:
    """A change that a field was given while it was drawn."""
    apply(track, fix)
    st.rerun(scope="fragment")


def apply(track: TrackView, fix: GridFix) -> None:
    """Ask for the fix; a refusal is shown, and the fields go back to what is."""
    ROUND.put((ROUND.get() or 0) + 1)
    try:
        listening.fix(track.id, fix)
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        TROUBLE.put(problem)
