"""A finished mashup: to hear, to see, to keep; how well it fits, and why it is built like this."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView
from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import TimelineView, WaveformView
from frontend import mashup_words, session, words
from frontend.components.fit_card import fit_card, other_fits
from frontend.components.mashup_player import mashup_player, titles_of
from frontend.components.section_list import section_list
from frontend.forms.downloads import downloads
from frontend.forms.publication_record import publication_line
from frontend.forms.separator import draft_badge
from frontend.mashup_words import Titles
from frontend.problems import escaped

#: The smallest first: it is the one that is played here.
AUDIO = ("mashup.mp3", "mashup.m4a", "mashup.opus", "mashup.flac", "mashup.wav")


def show_mashup(job: JobView) -> None:
    """Everything that came out."""
    made = {artifact.name: artifact for artifact in job.artifacts}
    timeline = session.api().artifact(job.id, "timeline.json", TimelineView)
    report = session.api().artifact(job.id, "report.json", MashupReport)
    titles = titles_of(timeline, first=report.chosen.vocals)
    headline(report, titles)
    play(job, made, timeline, report)
    publication_line(job)
    downloads(job, made, AUDIO)
    st.subheader("Fit", anchor=False)
    fit_card(report.chosen, titles, measured_on="stems")
    other_fits([fit for fit in report.fits if fit != report.chosen], titles)
    figures(report)
    st.subheader("Why it is built like this", anchor=False)
    section_list(report.sections)
    for note in dict.fromkeys([*job.notes, *report.notes]):
        st.markdown(f":material/info: {escaped(note)}")


def headline(report: MashupReport, titles: Titles) -> None:
    """Title, vibe, what it is made of; a draft says that it is one."""
    with st.container(horizontal=True, vertical_alignment="center", key="mashup_headline"):
        st.title(escaped(report.title), anchor=False, width="content")
        if report.draft:
            draft_badge()
    facts = [
        mashup_words.VIBE_NAMES[report.vibe],
        f"{report.tempo_bpm:.1f} BPM",
        report.key or "",
        words.tracks(len(titles)),
        words.clock(report.duration_s),
        f"taken apart by {escaped(report.separator)}",
    ]
    st.caption(" · ".join(fact for fact in facts if fact))


def play(
    job: JobView,
    made: dict[str, ArtifactView],
    timeline: TimelineView,
    report: MashupReport,
) -> None:
    """The player, on the smallest of the audio files."""
    audio = next((name for name in AUDIO if name in made), None)
    if audio and "waveform.json" in made:
        waveform = session.api().artifact(job.id, "waveform.json", WaveformView)
        url = session.link_to(job.id, audio, inline=True)
        mashup_player(job.id, url, timeline, report, waveform)


def figures(report: MashupReport) -> None:
    """What the vibe did, and what was measured on the finished mashup."""
    st.subheader("Measured", anchor=False)
    vibe = report.figures
    with st.container(horizontal=True, key="figures"):
        st.metric("Tempo", f"{vibe.tempo_bpm:.1f} BPM")
        st.metric(
            "Brightness",
            f"{vibe.centroid_hz:.0f} Hz",
            help="The spectral centroid: half of what one hears lies above it, roughly.",
        )
        st.metric("Bass", share(vibe.low_share), help="Of the power, what lies below 150 Hz.")
        st.metric("Dynamics", f"{vibe.loudness_range_lu:.1f} LU", help="EBU R128 loudness range.")
        st.metric("Space", share(vibe.space_share), help="Of the power, what is room, not source.")
    with st.container(horizontal=True, key="figures_master"):
        st.metric("Loudness", f"{words.signed(report.loudness_lufs)} LUFS")
        st.metric("True peak", f"{words.signed(report.true_peak_dbtp)} dBTP")
        st.metric("Most limiting", f"{abs(report.limited_db):.1f} dB")
        if report.beat_error_ms is not None:
            st.metric(
                "Voice off the beat",
                f"{report.beat_error_ms:.0f} ms",
                help="The median distance of the voice's beats from the grid, as played.",
            )


def share(of_all: float) -> str:
    """A share in percent."""
    return f"{100 * of_all:.0f} %" if of_all >= 0.095 else f"{100 * of_all:.1f} %"
