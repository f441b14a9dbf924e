"""Download links for a job's files, renewed while the page is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeVar

import streamlit as st

from backend.app.contract.jobs import JobView
from frontend.labels import figures
from frontend.sections.shared.refresh import refresh
from frontend.state import session
from frontend.state.job_state import artifacts_by_name

Name = TypeVar("Name", bound=str)

#: Signed links are valid for ten minutes; they are renewed when half of that has passed.
REFRESH_S = 240.0
#: A ZIP of all files, which the API makes during the download.
ARCHIVE = "artifacts.zip"
#: Labels of files that are not music.
LABELS = {
    "mix.mp4": "Video",
    "thumbnail.jpg": "Thumbnail",
    "tracklist.txt": "Tracklist",
    "description.txt": "Description",
}
#: Files for programs, folded away.
DATA = {"timeline.json": "Timeline", "report.json": "Report"}
#: Files that only the app's pages use.
HIDDEN = ("waveform.json", "stems.json", "words.json")


def audio_files(stem: str) -> tuple[str, ...]:
    """List the possible audio files of a result, the smallest first."""
    return tuple(f"{stem}.{ending}" for ending in ("mp3", "m4a", "opus", "flac", "wav"))


def downloads(job: JobView, first: Sequence[str], labels: Mapping[str, str] | None = None) -> None:
    """Link to all files of a job, those of ``first`` in front.

    ``labels`` names some of the others.
    """
    st.subheader("Downloads", anchor=False)
    refresh(lambda: links(job, first, {**LABELS, **(labels or {})}), REFRESH_S)


def links(job: JobView, first: Sequence[str], labels: Mapping[str, str]) -> None:
    """Draw a link to each file, and one to a ZIP of all."""
    files = artifacts_by_name(job)
    rest = [name for name in files if name not in (*first, *LABELS, *DATA, *HIDDEN)]
    rest.sort(key=lambda name: name in labels)  # files named in labels come last
    with st.container(horizontal=True, key="downloads"):
        for name in (*first, *rest, *LABELS):
            if name in files:
                label = labels.get(name) or label_of(name, first)
                text = f"{label} · {figures.size(files[name].size)}"
                download_link(job.id, name, text, primary=name in first)
        download_link(job.id, ARCHIVE, "All as one ZIP", icon=":material/folder_zip:")
        data = [name for name in DATA if name in files]
        if data:
            with st.popover("Data", icon=":material/data_object:", type="tertiary"):
                for name in data:
                    text = f"{DATA[name]} · {figures.size(files[name].size)}"
                    download_link(job.id, name, text)


def label_of(name: str, first: Sequence[str]) -> str:
    """Return a file's label: its format, its stem, or its name."""
    path = PurePosixPath(name)
    ending = path.suffix.lstrip(".")
    if name in first:
        return lookup(figures.FORMATS, ending) or ending.upper()
    return lookup(figures.STEMS, path.stem) or path.name


def lookup(labels: Mapping[Name, str], name: str) -> str | None:
    """Return a file's label, if it has one."""
    return next((label for one, label in labels.items() if one == name), None)


def download_button(
    job_id: str, name: str, label: str, *, icon: str = ":material/download:"
) -> None:
    """Draw a link to one file, renewed while the page is open."""
    with st.container(width="content"):
        refresh(lambda: download_link(job_id, name, label, icon=icon), REFRESH_S)


def download_link(
    job_id: str, name: str, label: str, *, icon: str = ":material/download:", primary: bool = False
) -> None:
    """Draw one link; the caller must renew it."""
    url = session.link_to(job_id, name, inline=False)
    st.link_button(label, url, icon=icon, type="primary" if primary else "secondary", help=name)
