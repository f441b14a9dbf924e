"""The quiet line above the tracks: how far the listening is, then what was heard."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.uploads import TracksUploadView
from frontend import dj_words, listening, session, words
from frontend.problems import escaped, told_in_words

REFRESH_S = 1.5


def listen(crate: TracksUploadView, *, uploading: bool) -> dict[str, TrackAnalysis]:
    """What was heard so far; the rest is listened to while the page goes on."""
    track_ids = [track.id for track in crate.tracks]
    heard = listening.fetch(track_ids)
    if len(heard) == len(track_ids):
        st.caption(f":material/hearing: {summary(heard)}")
    elif uploading:
        st.caption(":material/hearing: Listening begins when all files are here.")
    else:
        st.fragment(follow, run_every=REFRESH_S)(crate, len(heard))
    return heard


def follow(crate: TracksUploadView, n_drawn: int) -> None:
    """One look at the job; the page is drawn anew as soon as there is more to show."""
    with told_in_words():
        job = session.api().job(listening.listener(crate))
        heard = listening.fetch([track.id for track in crate.tracks])
        if len(heard) > n_drawn:
            st.rerun()
        if job.status in ("failed", "cancelled"):
            could_not(crate, job.error.message if job.error else "")
        elif job.status == "queued":
            st.caption(f":material/hearing: Soon listening to your tracks. {words.standing(job)}.")
        else:
            count = f"{len(heard)} of {len(crate.tracks)}"
            st.caption(f":material/hearing: Listening to your tracks… {count}")


def could_not(crate: TracksUploadView, why: str) -> None:
    """The mix can be started all the same; it will listen by itself."""
    with st.container(horizontal=True, vertical_alignment="center", key="not_heard"):
        st.caption(f":material/hearing_disabled: Not heard yet. {escaped(why)}", width="stretch")
        st.button("Listen again", type="tertiary", on_click=listening.listen_again, args=(crate,))


def summary(heard: dict[str, TrackAnalysis]) -> str:
    """The crate in a sentence, and what deserves a look before mixing."""
    rhythms = [analysis.rhythm for analysis in heard.values() if analysis.rhythm.beats_s]
    if not rhythms:
        return f"Heard {words.tracks(len(heard))}; no beat in any of them."
    slowest, fastest = (f(rhythm.tempo_bpm for rhythm in rhythms) for f in (min, max))
    span = (
        f"{slowest:.0f}"
        if f"{slowest:.0f}" == f"{fastest:.0f}"
        else f"{slowest:.0f} to {fastest:.0f}"
    )
    said = f"Heard {words.tracks(len(heard))}, {span} BPM."
    unsure = sum(analysis.rhythm.confidence < dj_words.SURE for analysis in heard.values())
    return (
        f"{said} {words.tracks(unsure)} with an uncertain beat: worth a look." if unsure else said
    )
