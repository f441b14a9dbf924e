"""A content store with tracks of the test's own, and what a job's steps are given."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from backend.app.dsp.samples import Samples
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.media.normal_form import write_normal_form
from backend.app.services.mixtape_inputs import MixTrack
from backend.app.store.blobs import ContentStore

JobT = TypeVar("JobT")


def put_track(store: ContentStore, folder: Path, letter: str, sound: Samples) -> MixTrack:
    """Keep a sound as the track ``letter``, whose content is its letter 64 times."""
    content = letter * 64
    file = folder / f"{letter}.flac"
    write_normal_form(file, sound)
    store.put(content, file)
    return MixTrack(
        track_id=letter,
        content=content,
        title=letter.upper(),
        artist="",
        n_samples=sound.shape[1],
        has_cover=False,
    )


def context(job: JobT, folder: Path, said: list[str] | None = None) -> StepContext[JobT]:
    """For a step that is run by the test itself."""
    workspace = Workspace(folder)
    folder.mkdir(parents=True, exist_ok=True)
    say = said.append if said is not None else lambda _: None
    return StepContext(job, workspace, lambda _: None, lambda _: None, say)
