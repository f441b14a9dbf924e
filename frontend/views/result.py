"""Result page of a mixtape: player, downloads, joins, video, description."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView, MixtapeRequest
from backend.app.contract.mixes import ReportView, TimelineView
from frontend.components.players.mix_player import player
from frontend.error_messages import escaped
from frontend.labels import figures
from frontend.labels.job_status import job_status
from frontend.sections.mixtape.analysis_status import show_analyses
from frontend.sections.publish.publication_record import publication_line
from frontend.sections.result.joins import show_joins
from frontend.sections.result.render_again import crate_of, render_again
from frontend.sections.shared.downloads import audio_files, downloads
from frontend.sections.shared.job_card import delete_button
from frontend.sections.shared.job_page import load_job
from frontend.sections.shared.measurements import show_measurements, show_notes
from frontend.sections.shared.refresh import follow_job, refresh
from frontend.state import session, track_analyses
from frontend.state.job_state import artifacts_by_name, is_active
from frontend.state.joins import Join, joins_of

AUDIO = audio_files("mix")
LINES_SHOWN = 14


def view() -> None:
    """Draw the result, or for an unfinished job a link to its progress."""
    st.page_link("views/jobs.py", label="All jobs", icon=":material/arrow_back:")
    job_id = st.query_params.get("job")
    if job_id is None:
        st.title("Result", anchor=False)
        st.markdown("Open a finished mix from your jobs.")
        return None
    job = load_job(job_id, "Result")
    if job is None:
        return None
    if job.status != "succeeded":
        return show_unfinished(job)
    return show_finished(job)


def show_unfinished(job: JobView) -> None:
    """Show an unfinished mixtape: status, its sound once rendered, link to the progress."""
    st.title(escaped(job.title) or "Untitled mix", anchor=False)
    sound = finished_sound(job)
    if is_active(job) and sound:
        listen(job, sound)
    elif is_active(job):
        follow_job(job.id, wait_for_sound)
    else:
        st.markdown(f"{job_status(job)}.")
    st.page_link(
        "views/jobs.py",
        label="Show progress",
        icon=":material/graphic_eq:",
        query_params={"job": job.id},
    )


def finished_sound(job: JobView) -> str | None:
    """Return the name of the smallest finished audio file, if there is one."""
    files = artifacts_by_name(job)
    return next((name for name in AUDIO if name in files), None)


def wait_for_sound(job: JobView) -> None:
    """Show the status; once there is sound, draw the whole page again."""
    if finished_sound(job):
        st.rerun()
    st.markdown(f"{job_status(job)}.")


def listen(job: JobView, sound: str) -> None:
    """Play the mix while the job is still running, without a stop when it ends."""
    st.markdown("**Listen now.** The sound is finished; the rest is still being made.")
    st.audio(session.link_to(job.id, sound, inline=True))
    refresh(lambda: show_rest(job.id), 1.0)


def show_rest(job_id: str) -> None:
    """Show what the job still has to do; when it ends, a button that opens the result."""
    job = session.api().job(job_id)
    if is_active(job):
        st.progress(min(1.0, job.progress / 100), text=job_status(job))
    elif st.button("Show the result", icon=":material/play_circle:", type="primary"):
        st.rerun(scope="app")


def show_finished(job: JobView) -> None:
    """Draw the result of a finished mixtape."""
    files = artifacts_by_name(job)
    timeline = session.api().artifact(job.id, "timeline.json", TimelineView)
    headline(job, timeline)
    player(job, AUDIO, timeline)
    publication_line(job)
    report = None
    if "report.json" in files:
        report = session.api().artifact(job.id, "report.json", ReportView)
        # these notes are shown with the transitions instead
        reasons = {join.reason for join in timeline.transitions}
        show_notes(note for note in [*job.notes, *report.notes] if note not in reasons)
    downloads(job, AUDIO)
    joins = load_joins(job, timeline, report)
    if joins:
        show_joins(job, joins)
        render_again(job, timeline, joins)
    show_video(job, files)
    show_description(job, files)
    if report:
        show_measurements(report)
    delete_button(job)


def headline(job: JobView, timeline: TimelineView) -> None:
    """Show the mix's title, artist, number of tracks and length."""
    st.title(escaped(job.title) or "Untitled mix", anchor=False)
    artist = job.request.artist if isinstance(job.request, MixtapeRequest) else ""
    by = f"{escaped(artist)} · " if artist else ""
    n_tracks = sum(clip.role == "track" for clip in timeline.clips)
    length = figures.clock(timeline.duration_s)
    st.caption(f"{by}{figures.counted(n_tracks, 'track')} · {length}")


def show_video(job: JobView, files: dict[str, ArtifactView]) -> None:
    """Show the video and its thumbnail."""
    if "mix.mp4" not in files:
        return
    st.subheader("Video", anchor=False)
    st.video(session.link_to(job.id, "mix.mp4", inline=True), alt=f"Video of {job.title}")
    if "thumbnail.jpg" in files:
        with st.expander("Thumbnail", icon=":material/image:"):
            st.image(
                session.link_to(job.id, "thumbnail.jpg", inline=True),
                alt=f"Thumbnail of {job.title}",
            )


def show_description(job: JobView, files: dict[str, ArtifactView]) -> None:
    """Show the description with a copy button."""
    if "description.txt" in files:
        st.subheader("Description", anchor=False)
        text = session.api().artifact_text(job.id, "description.txt")
        long = text.count("\n") > LINES_SHOWN
        st.code(text, language=None, wrap_lines=True, height=360 if long else "content")


def load_joins(job: JobView, timeline: TimelineView, report: ReportView | None) -> list[Join]:
    """Load the joins of the mix, and the analyses of their tracks."""
    if not (timeline.transitions and report and report.transitions):
        return joins_of(timeline, report, {})
    ids = [clip.track_id for clip in timeline.clips if clip.role == "track"]
    analyses = track_analyses.fetch(ids)
    # After an update of Segue, tracks may have to be analysed again.
    crate = crate_of(job) if len(analyses) < len(set(ids)) else None
    return joins_of(timeline, report, show_analyses(crate, uploading=False) if crate else analyses)


view()
