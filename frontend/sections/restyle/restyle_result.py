"""Result of a restyle: players for before and after, downloads, measurements."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView, RestyleRequest
from backend.app.contract.mixes import WaveformView
from backend.app.contract.restyles import RestyledStemView, RestyleReport
from frontend.api.client import artifact_path
from frontend.components.players.before_after import Side, before_after
from frontend.error_messages import escaped
from frontend.labels import figures, restyle
from frontend.sections.publish.publication_record import publication_line
from frontend.sections.shared.downloads import downloads
from frontend.sections.shared.measurements import show_measurements, show_notes
from frontend.sections.shared.separator import draft_badge
from frontend.state import session
from frontend.state.job_state import artifacts_by_name

#: Folder of the original stems.
BEFORE = "before/"
Files = Mapping[str, ArtifactView]


def show_restyle(job: JobView) -> None:
    """Draw the result of a finished restyle."""
    files = artifacts_by_name(job)
    report = session.api().artifact(job.id, "report.json", RestyleReport)
    mixes = [name for name in files if name.startswith("restyled.")]
    headline(job, report)
    play_mix(job, files, mixes, report)
    publication_line(job)
    show_notes(job.notes or report.notes)
    downloads(job, mixes, labels_before(files))
    st.subheader("Stem by stem", anchor=False)
    with st.container(key="restyled_stems", gap=None):
        for stem in report.stems:
            show_stem(job, files, stem, report.duration_s)
    show_measurements(report)


def headline(job: JobView, report: RestyleReport) -> None:
    """Show the restyle's title, facts, and a badge if its stems are drafts."""
    with st.container(horizontal=True, vertical_alignment="center", key="restyle_headline"):
        st.title(escaped(job.title) or "Untitled restyle", anchor=False, width="content")
        if report.draft:
            draft_badge()
    sounds = dict.fromkeys(stem.sound_name for stem in report.stems if stem.sound_id)
    played = f"Played by {escaped(', '.join(sounds))}" if sounds else ""
    separator = "" if report.draft else f"separated by {escaped(report.separator)}"
    facts = [played, figures.clock(report.duration_s), separator]
    st.caption(" · ".join(fact for fact in facts if fact))


def play_mix(job: JobView, files: Files, mixes: list[str], report: RestyleReport) -> None:
    """Draw the player of the whole song before and after the restyle."""
    if not mixes:
        return
    sides = [Side("After", artifact_path(job.id, mixes[0]))]
    if isinstance(job.request, RestyleRequest):
        track = quote(job.request.track_id, safe="")
        sides.insert(0, Side("Before", f"/tracks/{track}/audio"))
    peaks: list[float] = []
    if "waveform.json" in files:
        peaks = session.api().artifact(job.id, "waveform.json", WaveformView).peaks
    before_after(f"{job.id}_mix", "the song", sides, report.duration_s, peaks=peaks)


def show_stem(job: JobView, files: Files, stem: RestyledStemView, duration_s: float) -> None:
    """Show one stem: what was done, a player, and its similarity to the original."""
    name = figures.STEMS[stem.stem]
    with st.container(key=f"row_{stem.stem}"):
        label, player = st.columns([5, 6], vertical_alignment="center")
        label.markdown(f"**{name}**  \n{escaped(restyle.result(stem))}")
        if not stem.silent and stem.file in files:
            with player:
                before_after(f"{job.id}_{stem.stem}", name, sides_of(job, files, stem), duration_s)
        agreement = restyle.agreement(stem)
        if agreement:
            st.caption(agreement)


def sides_of(job: JobView, files: Files, stem: RestyledStemView) -> list[Side]:
    """List a stem's versions, before and after; one, if only one was made."""
    after = Side("After" if stem.sound_id else "Original", artifact_path(job.id, stem.file))
    before = next((name for name in files if name.startswith(f"{BEFORE}{stem.stem}.")), None)
    if before is None or stem.sound_id is None:
        return [after]
    return [Side("Before", artifact_path(job.id, before)), after]


def labels_before(files: Files) -> dict[str, str]:
    """Label the original stems, whose file names equal those of the new ones."""
    return {
        name: f"{figures.STEMS[stem]}, before"
        for name in files
        for stem in figures.STEMS
        if name.startswith(f"{BEFORE}{stem}.")
    }
