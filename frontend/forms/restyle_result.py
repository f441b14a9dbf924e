"""A finished restyle: to hear before and after, as a whole and stem by stem, and to keep."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView, RestyleRequest
from backend.app.contract.mixes import WaveformView
from backend.app.contract.restyles import RestyledStemView, RestyleReport
from frontend import restyle_words, session, words
from frontend.components.before_after import Side, before_after
from frontend.forms.downloads import downloads
from frontend.forms.publication_record import publication_line
from frontend.forms.separator import draft_badge
from frontend.problems import escaped

BEFORE = "before/"
Made = Mapping[str, ArtifactView]


def show_restyle(job: JobView) -> None:
    """Everything that came out."""
    made = {artifact.name: artifact for artifact in job.artifacts}
    report = session.api().artifact(job.id, "report.json", RestyleReport)
    headline(job, report)
    hear_mix(job, made, report)
    publication_line(job)
    mixes = [name for name in made if name.startswith("restyled.")]
    downloads(job, made, mixes, labels_before(made))
    st.subheader("Stem by stem", anchor=False)
    with st.container(key="restyled_stems", gap=None):
        for stem in report.stems:
            show_stem(job, made, stem, report.duration_s)
    figures(job, report)


def headline(job: JobView, report: RestyleReport) -> None:
    """Title, and what it was made with; a draft says that it is one."""
    with st.container(horizontal=True, vertical_alignment="center", key="restyle_headline"):
        st.title(escaped(job.title) or "Untitled restyle", anchor=False, width="content")
        if report.draft:
            draft_badge()
    sounds = dict.fromkeys(stem.sound_name for stem in report.stems if stem.sound_id)
    played = f"Played by {escaped(', '.join(sounds))}" if sounds else ""
    facts = [played, words.clock(report.duration_s), f"taken apart by {escaped(report.separator)}"]
    st.caption(" · ".join(fact for fact in facts if fact))


def hear_mix(job: JobView, made: Made, report: RestyleReport) -> None:
    """The whole song, before and after."""
    mix = next((name for name in made if name.startswith("restyled.")), None)
    if mix is None:
        return
    sides = [Side("After", artifact_path(job.id, mix))]
    if isinstance(job.request, RestyleRequest):
        track = quote(job.request.track_id, safe="")
        sides.insert(0, Side("Before", f"/tracks/{track}/audio"))
    peaks: list[float] = []
    if "waveform.json" in made:
        peaks = session.api().artifact(job.id, "waveform.json", WaveformView).peaks
    before_after(f"{job.id}_mix", "the song", sides, report.duration_s, peaks=peaks)


def show_stem(job: JobView, made: Made, stem: RestyledStemView, duration_s: float) -> None:
    """One stem: what became of it, how it sounds, and how well it follows the old one."""
    name = words.STEMS[stem.stem]
    with st.container(key=f"row_{stem.stem}"):
        said, player = st.columns([5, 6], vertical_alignment="center")
        said.markdown(f"**{name}**  \n{escaped(restyle_words.done(stem))}")
        if not stem.silent and stem.file in made:
            with player:
                before_after(f"{job.id}_{stem.stem}", name, sides_of(job, made, stem), duration_s)
        told = restyle_words.agreements(stem)
        if told:
            with st.container(horizontal=True, key=f"figures_{stem.stem}"):
                for label, figure, means in told:
                    st.metric(label, figure, delta=means, delta_color="off", delta_arrow="off")


def sides_of(job: JobView, made: Made, stem: RestyledStemView) -> list[Side]:
    """The stem as it is now, and as it was where that was left, too."""
    after = Side("After" if stem.sound_id else "As it is", artifact_path(job.id, stem.file))
    before = next((name for name in made if name.startswith(f"{BEFORE}{stem.stem}.")), None)
    if before is None or stem.sound_id is None:
        return [after]
    return [Side("Before", artifact_path(job.id, before)), after]


def labels_before(made: Made) -> dict[str, str]:
    """The stems as they were, told apart from those of the same names."""
    return {
        name: f"{words.STEMS[stem]}, before"
        for name in made
        for stem in words.STEMS
        if name.startswith(f"{BEFORE}{stem}.")
    }


def artifact_path(job_id: str, name: str) -> str:
    """Where the API has an artifact."""
    return f"/jobs/{quote(job_id, safe='')}/artifacts/{quote(name)}"


def figures(job: JobView, report: RestyleReport) -> None:
    """What was measured on the whole, and what a person should know of it."""
    st.subheader("Measured", anchor=False)
    with st.container(horizontal=True, key="figures"):
        st.metric("Length", words.clock(report.duration_s))
        st.metric("Loudness", f"{words.signed(report.loudness_lufs)} LUFS")
        st.metric("True peak", f"{words.signed(report.true_peak_dbtp)} dBTP")
        st.metric("Most limiting", f"{abs(report.limited_db):.1f} dB")
    for note in dict.fromkeys(job.notes or report.notes):
        st.markdown(f":material/info: {escaped(note)}")
