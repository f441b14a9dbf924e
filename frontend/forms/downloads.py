"""Every file of a job by a link of its own, straight from the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal, TypeVar

import streamlit as st

from backend.app.contract.jobs import ArtifactView, JobView
from frontend import words
from frontend.forms.download import download_link, kept_good

Name = TypeVar("Name", bound=str)

#: The API makes it while it is downloaded.
ARCHIVE = "artifacts.zip"
#: What goes with the music, under names of its own.
PLAIN = {
    "mix.mp4": "Video",
    "thumbnail.jpg": "Thumbnail",
    "tracklist.txt": "Tracklist",
    "description.txt": "Description",
    "timeline.json": "Timeline",
    "report.json": "Report",
}
#: What pages draw from; nobody misses it among the downloads.
UNSEEN = ("waveform.json", "stems.json", "words.json")


def downloads(
    job: JobView,
    made: Mapping[str, ArtifactView],
    first: Sequence[str],
    labels: Mapping[str, str] | None = None,
) -> None:
    """The files, those of ``first`` in front; ``labels`` has names that files do not tell."""
    st.subheader("Downloads", anchor=False)
    kept_good(lambda: links(job, made, first, {**PLAIN, **(labels or {})}))


def links(
    job: JobView,
    made: Mapping[str, ArtifactView],
    first: Sequence[str],
    named: Mapping[str, str],
) -> None:
    """One beside the other, and all of them as one file."""
    rest = [name for name in made if name not in (*first, *PLAIN, *UNSEEN)]
    rest.sort(key=lambda name: name in named)  # what needs a name of its own comes behind
    with st.container(horizontal=True, key="downloads"):
        for name in (*first, *rest, *PLAIN):
            if name in made:
                said = f"{named.get(name) or label(name, first)} · {words.size(made[name].size)}"
                kind: Literal["primary", "secondary"] = "primary" if name in first else "secondary"
                download_link(job.id, name, said, kind=kind)
        download_link(job.id, ARCHIVE, "All as one ZIP", icon=":material/folder_zip:")


def label(name: str, first: Sequence[str]) -> str:
    """A format for one of the main files, a stem's name for a stem, else the file's own name."""
    path = PurePosixPath(name)
    ending = path.suffix.lstrip(".")
    if name in first:
        return named(words.FORMATS, ending) or ending.upper()
    return named(words.STEMS, path.stem) or path.name


def named(names: Mapping[Name, str], name: str) -> str | None:
    """What a name that may be none of these is called, if it is one."""
    return next((said for one, said in names.items() if one == name), None)
