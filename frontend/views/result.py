"""Result: hear the mix, see the video, copy the description, download the files."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.jobs import ArtifactView, JobView, MixtapeRequest
from backend.app.contract.mixes import ReportView, TimelineView, WaveformView
from frontend import listening, session, words
from frontend.components.player import player
from frontend.forms.asked_job import asked_job
from frontend.forms.downloads import downloads
from frontend.forms.heard_line import listen
from frontend.forms.joins import show_joins
from frontend.forms.publication_record import publication_line
from frontend.forms.render_again import crate_of, render_again
from frontend.joins import Join, joins_of
from frontend.problems import escaped

AUDIO = ("mix.mp3", "mix.m4a", "mix.opus", "mix.flac", "mix.wav")
LINES_SHOWN = 14


def view() -> None:
    """The page from top to bottom; another job's state leads back to the jobs."""
    st.page_link("views/jobs.py", label="All jobs", icon=":material/arrow_back:")
    job_id = st.query_params.get("job")
    if job_id is None:
        return nothing_chosen()
    job = asked_job(job_id, "Result")
    if job is None:
        return None
    if job.status != "succeeded":
        return not_finished(job)
    return finished(job)


def nothing_chosen() -> None:
    """The address names no job."""
    st.title("Result", anchor=False)
    st.markdown("Choose a finished mix among your jobs to hear it here.")


def not_finished(job: JobView) -> None:
    """There is nothing to hear yet."""
    st.title(escaped(job.title) or "Untitled mix", anchor=False)
    st.markdown(f"{words.standing(job)}. You can follow it among the jobs.")
    st.page_link(
        "views/jobs.py",
        label="Follow it",
        icon=":material/graphic_eq:",
        query_params={"job": job.id},
    )


def finished(job: JobView) -> None:
    """Everything that came out."""
    made = {artifact.name: artifact for artifact in job.artifacts}
    timeline = session.api().artifact(job.id, "timeline.json", TimelineView)
    headline(job, timeline)
    play(job, made, timeline)
    publication_line(job)
    downloads(job, made, AUDIO)
    report = report_of(job, made)
    joins = joins_in(job, timeline, report)
    if joins:
        show_joins(job, joins)
        render_again(job, timeline, joins)
    watch(job, made)
    read(job, made)
    if report:
        figures(job, report, timeline)


def headline(job: JobView, timeline: TimelineView) -> None:
    """Title, and what it is made of."""
    st.title(escaped(job.title) or "Untitled mix", anchor=False)
    artist = job.request.artist if isinstance(job.request, MixtapeRequest) else ""
    by = f"{escaped(artist)} · " if artist else ""
    n_tracks = sum(clip.role == "track" for clip in timeline.clips)
    st.caption(f"{by}{words.tracks(n_tracks)} · {words.clock(timeline.duration_s)}")


def play(job: JobView, made: dict[str, ArtifactView], timeline: TimelineView) -> None:
    """The player, on the smallest of the audio files."""
    audio = next((name for name in AUDIO if name in made), None)
    if audio and "waveform.json" in made:
        waveform = session.api().artifact(job.id, "waveform.json", WaveformView)
        player(job.id, session.link_to(job.id, audio, inline=True), timeline, waveform)


def watch(job: JobView, made: dict[str, ArtifactView]) -> None:
    """The video, and the picture that stands for it."""
    if "mix.mp4" not in made:
        return
    st.subheader("Video", anchor=False)
    st.video(session.link_to(job.id, "mix.mp4", inline=True), alt=f"Video of {job.title}")
    if "thumbnail.jpg" in made:
        with st.expander("Thumbnail", icon=":material/image:"):
            st.image(
                session.link_to(job.id, "thumbnail.jpg", inline=True),
                alt=f"Thumbnail of {job.title}",
            )


def read(job: JobView, made: dict[str, ArtifactView]) -> None:
    """The description, to copy."""
    if "description.txt" in made:
        st.subheader("Description", anchor=False)
        text = session.api().artifact_text(job.id, "description.txt")
        long = text.count("\n") > LINES_SHOWN
        st.code(text, language=None, wrap_lines=True, height=360 if long else "content")


def report_of(job: JobView, made: dict[str, ArtifactView]) -> ReportView | None:
    """What was measured on the mix, if it was."""
    if "report.json" not in made:
        return None
    return session.api().artifact(job.id, "report.json", ReportView)


def joins_in(job: JobView, timeline: TimelineView, report: ReportView | None) -> list[Join]:
    """The joins of the mix, with what was heard of their tracks."""
    if not timeline.transitions:
        return []
    heard = heard_for(job, timeline) if report and report.transitions else {}
    return joins_of(timeline, report, heard)


def heard_for(job: JobView, timeline: TimelineView) -> dict[str, TrackAnalysis]:
    """What was heard of the tracks; what a newer Segue hears anew is listened to meanwhile."""
    ids = [clip.track_id for clip in timeline.clips if clip.role == "track"]
    heard = listening.fetch(ids)
    crate = crate_of(job) if len(heard) < len(set(ids)) else None
    return listen(crate, uploading=False) if crate else heard


def figures(job: JobView, report: ReportView, timeline: TimelineView) -> None:
    """What was measured on the finished mix, and what a person should know of it."""
    st.subheader("Measured", anchor=False)
    with st.container(horizontal=True, key="figures"):
        st.metric("Length", words.clock(report.duration_s))
        st.metric("Loudness", f"{words.signed(report.loudness_lufs)} LUFS")
        st.metric("True peak", f"{words.signed(report.true_peak_dbtp)} dBTP")
        st.metric("Most limiting", f"{abs(report.limited_db):.1f} dB")
    said_above = {join.reason for join in timeline.transitions}
    for note in dict.fromkeys([*job.notes, *report.notes]):
        if note not in said_above:
            st.markdown(f":material/info: {escaped(note)}")


view()
