"""Dialog in which a user corrects a track's beat grid and key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from backend.app.contract.analysis import KEY_NAMES, GridFix, TrackAnalysis
from backend.app.contract.uploads import TrackView
from frontend.api.errors import ApiError, attempt
from frontend.components.players.track_sound import track_sound
from frontend.error_messages import escaped, report_errors, show_error
from frontend.labels import tempo_and_key
from frontend.state import grid_corrections, session, track_analyses

#: The track whose dialog is open, and its beat grid when the dialog was opened.
OPENED = session.Key[str]("grid_track")
BEFORE = session.Key[str]("grid_before")
ERROR = session.Key[ApiError]("grid_error")
#: Number of corrections made, so that the fields show the result of the last one.
ROUND = session.Key[int]("grid_round")
AS_ANALYSED = "as analysed"


def open_grid_correction(track_id: str) -> None:
    """Open the dialog of an analysed track."""
    BEFORE.put(tempo_and_key.grid(track_analyses.cached([track_id])[track_id]))
    OPENED.put(track_id)


def show_grid_correction(tracks: Sequence[TrackView]) -> None:
    """Draw the open dialog, if any, until it is closed.

    Streamlit closes a dialog with the next run of the page, even if the user did nothing.
    """
    track = next((track for track in tracks if track.id == OPENED.get()), None)
    if track is not None:
        title = f"The beat of {escaped(track.title)}"
        st.dialog(title, width="medium", on_dismiss=OPENED.drop)(dialog)(track)


def dialog(track: TrackView) -> None:
    """Draw a player with a click on the beats, the corrections, and their effect."""
    with report_errors():
        analysis = track_analyses.cached([track.id])[track.id]
        st.caption(
            "Each choice plays with clicks: a high click is a downbeat, a low click any beat."
        )
        unsure_parts = tempo_and_key.unsure_stretches(analysis.rhythm)
        track_sound(
            f"grid_{track.id}",
            f"/tracks/{track.id}/audio",
            beats_s=analysis.rhythm.beats_s,
            downbeats=analysis.rhythm.downbeats,
            start_s=unsure_parts[0].start_s if unsure_parts else 0.0,
        )
        unsure = tempo_and_key.unsure_beats(analysis.rhythm)
        if unsure:
            st.warning(unsure, icon=":material/hearing:")
        ask_beats(track, analysis)
        ask_figures(track, analysis)
        before_and_after(track, analysis)


def ask_beats(track: TrackView, analysis: TrackAnalysis) -> None:
    """Draw buttons for common corrections: confirm, double, halve, shift."""
    has_beats = bool(analysis.rhythm.beats_s)
    steps = grid_corrections
    with st.container(horizontal=True, key="grid_steps"):
        step("These are right", track, lambda: steps.confirmed(analysis), has_beats)
        step("×2 — twice the beats", track, lambda: steps.doubled(analysis), has_beats)
        step("÷2 — half the beats", track, lambda: steps.halved(analysis), has_beats)
    with st.container(horizontal=True, key="grid_shifts"):
        step("½ beat earlier", track, lambda: steps.shifted(analysis, -0.5), has_beats)
        step("½ beat later", track, lambda: steps.shifted(analysis, 0.5), has_beats)
        step("Downbeat earlier", track, lambda: steps.downbeat_moved(analysis, -1), has_beats)
        step("Downbeat later", track, lambda: steps.downbeat_moved(analysis, 1), has_beats)


def step(label: str, track: TrackView, fix: Callable[[], GridFix], enabled: bool) -> None:
    """Draw a button for one correction."""
    st.button(
        label, key=f"grid {label}", disabled=not enabled, on_click=lambda: apply(track, fix())
    )


def ask_figures(track: TrackView, analysis: TrackAnalysis) -> None:
    """Draw fields for tempo and key."""
    suffix = f"{track.id} {ROUND.get() or 0}"
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
        key=f"grid tempo {suffix}",
        help="Entering a tempo makes a steady grid from the first bar on.",
    )
    analysed = analysis.harmony.key
    fix = grid_corrections.correction_of(analysis)
    chosen = right.selectbox(
        "Key",
        [AS_ANALYSED, *KEY_NAMES],
        index=KEY_NAMES.index(fix.key) + 1 if fix.key else 0,
        format_func=lambda name: key_label(name, None if fix.key else analysed),
        key=f"grid key {suffix}",
    )
    if tempo is not None and (not rhythm.beats_s or abs(tempo - rhythm.tempo_bpm) >= 0.005):
        apply_and_redraw(track, fix.model_copy(update={"tempo_bpm": tempo}))
    key = None if chosen == AS_ANALYSED else chosen
    if key != fix.key:  # None restores the key of the analysis
        apply_and_redraw(track, fix.model_copy(update={"key": key}))


def key_label(name: str, analysed: str | None) -> str:
    """Name a key with its Camelot code."""
    if name != AS_ANALYSED:
        return f"{tempo_and_key.camelot(name)} · {name}"
    return f"As analysed: {key_label(analysed, None)}" if analysed else "As analysed"


def before_and_after(track: TrackView, analysis: TrackAnalysis) -> None:
    """Draw the beat grid before and after, the corrections, and a reset button."""
    error = ERROR.get()
    if error:
        show_error(error)
        ERROR.drop()
    st.markdown(f"Before: {escaped(BEFORE.get() or '')}  \n**Now: {tempo_and_key.grid(analysis)}**")
    fix = grid_corrections.correction_of(analysis)
    with st.container(horizontal=True, vertical_alignment="center", key="grid_end"):
        st.caption(tempo_and_key.corrections(fix), width="stretch")
        st.button(
            "Reset",
            icon=":material/undo:",
            type="tertiary",
            disabled=fix == grid_corrections.UNCORRECTED,
            on_click=lambda: apply(track, grid_corrections.UNCORRECTED),
        )
        if st.button("Done", type="primary", key="grid_done"):
            OPENED.drop()
            st.rerun()


def apply_and_redraw(track: TrackView, fix: GridFix) -> None:
    """Save a correction from a field, and redraw the dialog."""
    apply(track, fix)
    st.rerun(scope="fragment")


def apply(track: TrackView, fix: GridFix) -> None:
    """Save a correction; if the API refuses it, restore the fields."""
    ROUND.put((ROUND.get() or 0) + 1)
    error = attempt(lambda: track_analyses.correct(track.id, fix))
    if isinstance(error, ApiError):
        ERROR.put(error)
