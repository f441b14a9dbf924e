"""Every file of a job by a link of its own, straight from the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView
from frontend import session, words

#: The API makes it while it is downloaded.
ARCHIVE = "artifacts.zip"
#: What goes with the music, under names of its own.
PLAIN = {"tracklist.txt": "Tracklist", "timeline.json": "Timeline", "report.json": "Report"}
#: What pages draw from; nobody misses it among the downloads.
UNSEEN = ("waveform.json", "stems.json")


def downloads(
    job: JobView,
    made: Mapping[str, ArtifactView],
    first: Sequence[str],
    labels: Mapping[str, str] | None = None,
) -> None:
    """The files, those of ``first`` in front; ``labels`` has names that files do not tell."""
    st.subheader("Downloads", anchor=False)
    named = {**PLAIN, **(labels or {})}
    rest = [name for name in made if name not in (*first, *PLAIN, *UNSEEN)]
    ordered = [name for name in (*first, *rest, *PLAIN) if name in made]
    with st.container(horizontal=True, key="downloads"):
        for name in ordered:
            st.link_button(
                f"{named.get(name) or label(name, first)} · {words.size(made[name].size)}",
                session.link_to(job.id, name, inline=False),
                icon=":material/download:",
                type="primary" if name in first else "secondary",
                help=name,
            )
        st.link_button(
            "All as one ZIP",
            session.link_to(job.id, ARCHIVE, inline=False),
            icon=":material/folder_zip:",
        )


def label(name: str, first: Sequence[str]) -> str:
    """A format for one of the main files, a stem's name for a stem, else the file's own name."""
    path = PurePosixPath(name)
    kind = words.FORMATS.get(path.suffix.lstrip("."), path.suffix.lstrip(".").upper())
    if name in first:
        return kind
    stems: dict[str, str] = {**words.STEMS}
    return stems.get(path.stem, path.name)
