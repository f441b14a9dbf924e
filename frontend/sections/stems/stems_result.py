"""Result of a separation: a player for each track, downloads, saved mixes."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView, StemMixRequest
from backend.app.contract.stems import StemsView, TrackStemsView
from frontend.components.players.stem_player import fader_label, stem_player
from frontend.error_messages import escaped, report_errors, show_error
from frontend.labels import figures
from frontend.labels.job_status import job_status
from frontend.sections.shared.downloads import ARCHIVE, download_button
from frontend.sections.shared.pagination import page_links, page_of
from frontend.sections.shared.refresh import follow_job
from frontend.sections.shared.separator import draft_badge
from frontend.state import session, stem_mixes
from frontend.state.job_state import artifacts_by_name, is_active

VIEW = "stems.json"
#: Each player loads waveforms of its stems; more players would slow the page down.
TRACKS_PER_PAGE = 6


def show_stems(job: JobView) -> None:
    """Show the title, a download of all files, and each track."""
    stems = session.api().artifact(job.id, VIEW, StemsView)
    files = artifacts_by_name(job)
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title(escaped(job.title) or "Stems", anchor=False, width="content")
        if stems.draft:
            draft_badge()
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="stems_head",
    ):
        tracks = figures.counted(len(stems.tracks), "track")
        st.caption(" · ".join([tracks, *map(escaped, job.notes)]))
        size = sum(file.size for file in job.artifacts if file.media_type.startswith("audio/"))
        label = f"All as one ZIP · {figures.size(size)}"
        download_button(job.id, ARCHIVE, label, icon=":material/folder_zip:")
    page_key = f"stems_page_{job.id}"
    page_links(stems.tracks, TRACKS_PER_PAGE, page_key)
    for track in page_of(stems.tracks, TRACKS_PER_PAGE, page_key):
        with st.container(key=f"row_{track.track_id}"):
            st.fragment(track_stems)(job, stems, track, files)


def track_stems(
    job: JobView, stems: StemsView, track: TrackStemsView, files: Mapping[str, ArtifactView]
) -> None:
    """Show one track: player, measurements, saved mixes."""
    with report_errors():
        mix_to_save = stem_player(job.id, stems, track, files)
        if mix_to_save:
            stem_mixes.start(mix_to_save)
        show_measurements(track)
        for mix in stem_mixes.mixes_of(job.id, track.track_id):
            saved_mix(mix)


def show_measurements(track: TrackStemsView) -> None:
    """Say how exactly the stems add up to the track, and how far they were turned down."""
    if track.residual_db is not None:
        below = f"{abs(track.residual_db):.0f} dB"
        st.caption("The stems add up to the song.", help=f"The difference is {below} below it.")
    if track.gain_db:
        amount = f"{abs(track.gain_db):.1f} dB"
        st.caption(f"All stems were turned down by {amount} to avoid clipping.")


def saved_mix(mix: JobView) -> None:
    """Show a saved stem mix: its progress, its file, or its error."""
    with st.container(key=f"saved_{mix.id}"):
        if is_active(mix):
            follow_job(mix.id, show_progress)
        elif mix.status == "succeeded":
            finished_mix(mix)
        elif mix.error:
            show_error(mix.error)


def show_progress(mix: JobView) -> None:
    """Show the progress of a stem mix."""
    with st.container(key=f"turning_{mix.id}"):
        st.markdown(f":material/progress_activity: {mix_label(mix)} — {job_status(mix)}…")


def finished_mix(mix: JobView) -> None:
    """Show a finished stem mix: player, download, delete button."""
    sound = stem_mixes.sound(mix)
    if sound is None:
        return
    label, player, buttons = st.columns([8, 10, 5], vertical_alignment="center")
    label.markdown(f":material/check_circle: {mix_label(mix)}")
    url = session.link_to(mix.id, sound.name, inline=True)
    player.audio(url, format=sound.media_type, alt=mix.title)
    with buttons, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ending = sound.name.rpartition(".")[2].upper()
        download_button(mix.id, sound.name, f"{ending} · {figures.size(sound.size)}")
        st.button(
            "",
            icon=":material/delete:",
            type="tertiary",
            key=f"remove_{mix.id}",
            help="Delete this saved mix",
            on_click=session.api().delete,
            args=(mix.id,),
        )


def mix_label(mix: JobView) -> str:
    """Name the stems of a mix, with their levels."""
    if not isinstance(mix.request, StemMixRequest):
        raise TypeError("only a mix of stems has faders")
    return f"**Saved mix:** {', '.join(map(fader_label, mix.request.faders))}"
