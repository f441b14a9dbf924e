"""Result of a mashup: player, downloads, fit, measurements, arrangement."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import TimelineView
from frontend.components.cards.contour_card import contour_card
from frontend.components.cards.fit_card import fit_card, other_fits
from frontend.components.cards.section_list import section_list
from frontend.components.players.mashup_player import mashup_player, titles_of
from frontend.error_messages import escaped
from frontend.labels import figures, mashup
from frontend.labels.mashup import Titles
from frontend.sections.publish.publication_record import publication_line
from frontend.sections.shared.downloads import audio_files, downloads
from frontend.sections.shared.measurements import level_metrics, measurements, show_notes
from frontend.sections.shared.separator import draft_badge
from frontend.state import session

AUDIO = audio_files("mashup")


def show_mashup(job: JobView) -> None:
    """Draw the result of a finished mashup."""
    timeline = session.api().artifact(job.id, "timeline.json", TimelineView)
    report = session.api().artifact(job.id, "report.json", MashupReport)
    titles = titles_of(timeline, first=report.chosen.vocals)
    headline(report, titles)
    for note in report.left_out:
        st.warning(escaped(note), icon=":material/warning:")
    mashup_player(job, AUDIO, timeline, report.sections, titles)
    contour_card(report.sections)
    publication_line(job)
    show_notes(note for note in [*job.notes, *report.notes] if note not in report.left_out)
    downloads(job, AUDIO)
    st.subheader("Fit", anchor=False)
    fit_card(report.chosen, titles, measured_on="stems")
    other_fits([fit for fit in report.fits if fit != report.chosen], titles)
    with st.expander("Arrangement, part by part", icon=":material/view_timeline:"):
        section_list(report.sections)
    with measurements():
        show_figures(report)


def headline(report: MashupReport, titles: Titles) -> None:
    """Show the mashup's title, facts, and a badge if its stems are drafts."""
    with st.container(horizontal=True, vertical_alignment="center", key="mashup_headline"):
        st.title(escaped(report.title), anchor=False, width="content")
        if report.draft:
            draft_badge()
    facts = [
        mashup.VIBE_NAMES[report.vibe],
        f"{report.tempo_bpm:.1f} BPM",
        report.key or "",
        figures.counted(len(titles), "track"),
        figures.clock(report.duration_s),
        "" if report.draft else f"separated by {escaped(report.separator)}",
    ]
    st.caption(" · ".join(fact for fact in facts if fact))


def show_figures(report: MashupReport) -> None:
    """Show what the vibe changed, and the finished mashup's levels."""
    vibe = report.figures
    with st.container(horizontal=True, key="figures"):
        st.metric("Tempo", f"{vibe.tempo_bpm:.1f} BPM")
        st.metric(
            "Brightness",
            f"{vibe.centroid_hz:.0f} Hz",
            help="Spectral centroid: about half of the sound lies above it.",
        )
        st.metric("Bass", share(vibe.low_share), help="Share of the power below 150 Hz.")
        st.metric("Dynamics", f"{vibe.loudness_range_lu:.1f} LU", help="EBU R128 loudness range.")
        st.metric("Reverb", share(vibe.space_share), help="Share of the power that is reverb.")
    with st.container(horizontal=True, key="figures_master"):
        level_metrics(report)
        if report.beat_error_ms is not None:
            st.metric(
                "Vocals off the beat",
                f"{report.beat_error_ms:.0f} ms",
                help="Median distance of the vocals' beats from the beat grid.",
            )


def share(of_all: float) -> str:
    """Format a share in percent, with a decimal if it is small."""
    return figures.percent(of_all) if of_all >= 0.095 else f"{100 * of_all:.1f} %"
