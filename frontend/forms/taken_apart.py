"""What a stems job made: a player for each track, its files, and the mixes saved of it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView, StemMixRequest
from backend.app.contract.stems import StemsView, TrackStemsView
from frontend import session, stem_mixes, words
from frontend.components.stem_player import fader_words, stem_player
from frontend.forms.download import download_button
from frontend.forms.separator import draft_badge
from frontend.problems import escaped, show, told_in_words

VIEW = "stems.json"
#: The API makes it while it is downloaded.
ARCHIVE = "artifacts.zip"
REFRESH_S = 1.0
#: Each player brings the pictures of its stems; more would make the page slow to come.
TRACKS_A_PAGE = 6


def show_stems(job: JobView) -> None:
    """Who took the songs apart, all files at once, then song by song."""
    stems = session.api().artifact(job.id, VIEW, StemsView)
    made = {artifact.name: artifact for artifact in job.artifacts}
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
        st.caption(" · ".join([words.tracks(len(stems.tracks)), *map(escaped, job.notes)]))
        size = sum(file.size for file in job.artifacts if file.media_type.startswith("audio/"))
        download_button(
            job.id, ARCHIVE, f"All as one ZIP · {words.size(size)}", icon=":material/folder_zip:"
        )
    for track in tracks_of_page(job, stems):
        with st.container(key=f"row_{track.track_id}"):
            st.fragment(track_stems)(job, stems, track, made)


def tracks_of_page(job: JobView, stems: StemsView) -> list[TrackStemsView]:
    """The tracks that are shown now; the others are a press away."""
    n_pages = -(-len(stems.tracks) // TRACKS_A_PAGE)
    page = st.pagination(n_pages, key=f"stems_page_{job.id}") if n_pages > 1 else 1
    first = TRACKS_A_PAGE * (page - 1)
    return stems.tracks[first : first + TRACKS_A_PAGE]


def track_stems(
    job: JobView, stems: StemsView, track: TrackStemsView, made: Mapping[str, ArtifactView]
) -> None:
    """One song: the player, what was measured, the mixes saved of it."""
    with told_in_words():
        said = stem_player(job.id, stems, track, made)
        if said.token_expired:
            session.api().renew()
            st.rerun()
        if said.wanted:
            stem_mixes.start(said.wanted)
        st.caption(measured(track))
        for mix in stem_mixes.of_track(job.id, track.track_id):
            saved_mix(mix)


def measured(track: TrackStemsView) -> str:
    """What a person should know of the files."""
    said = []
    if track.residual_db is not None:
        below = f"{abs(track.residual_db):.0f} dB below it"
        said.append(f"All stems together are the song again: what differs lies {below}.")
    if track.gain_db:
        turned = f"{abs(track.gain_db):.1f} dB"
        said.append(f"Turned down by {turned} together, so that none clips in its file.")
    return " ".join(said)


def saved_mix(mix: JobView) -> None:
    """A mix as it stands: on its way, there to hear and to keep, or why not."""
    with st.container(key=f"saved_{mix.id}"):
        if mix.status in stem_mixes.ACTIVE:
            st.fragment(follow, run_every=REFRESH_S)(mix.id)
        elif mix.status == "succeeded":
            done(mix)
        elif mix.error:
            show(mix.error)


def follow(job_id: str) -> None:
    """What a mix is at; the page shows its file as soon as it is there."""
    with told_in_words():
        mix = session.api().job(job_id)
        if mix.status not in stem_mixes.ACTIVE:
            st.rerun()
        with st.container(key=f"turning_{job_id}"):
            st.markdown(f":material/progress_activity: {what(mix)} — {words.standing(mix)}…")


def done(mix: JobView) -> None:
    """The file, to hear and to keep."""
    sound = stem_mixes.sound(mix)
    if sound is None:
        return
    words_, player, keep, out = st.columns([8, 10, 4, 1], vertical_alignment="center")
    words_.markdown(f":material/check_circle: {what(mix)}")
    url = session.link_to(mix.id, sound.name, inline=True)
    player.audio(url, format=sound.media_type, alt=mix.title)
    with keep:
        label = f"{sound.name.rpartition('.')[2].upper()} · {words.size(sound.size)}"
        download_button(mix.id, sound.name, label)
    out.button(
        "",
        icon=":material/delete:",
        type="tertiary",
        key=f"remove_{mix.id}",
        help="Remove this saved mix",
        on_click=session.api().delete,
        args=(mix.id,),
    )


def what(mix: JobView) -> str:
    """Which stems are in a mix, and how loud."""
    if not isinstance(mix.request, StemMixRequest):
        raise TypeError("only a mix of stems has faders")
    return f"**Saved mix:** {', '.join(map(fader_words, mix.request.faders))}"
