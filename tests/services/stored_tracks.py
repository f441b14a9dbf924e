"""Store sounds as tracks, and make contexts for steps that a test runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from backend.app.dsp.samples import Samples
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.media.normal_form import write_normal_form
from backend.app.services.library.track_ref import TrackRef
from backend.app.store.files.blobs import ContentStore
from backend.app.store.library import Track

JobT = TypeVar("JobT")

LIBRARY_TRACK = Track(
    id="t1",
    upload_id="u1",
    content_hash="a" * 64,
    title="One",
    artist="Ada",
    album="",
    n_samples=44_100 * 60,
    bits=16,
    recorded_gain_db=0.0,
    has_cover=False,
    source_format="mp3",
    warnings=(),
)
"""A minute of music, as a row of the library."""


def put_track(store: ContentStore, folder: Path, letter: str, sound: Samples) -> TrackRef:
    """Store a sound as the track ``letter``; its content hash is the letter 64 times."""
    content_hash = letter * 64
    file = folder / f"{letter}.flac"
    write_normal_form(file, sound)
    store.put(content_hash, file)
    return TrackRef(
        track_id=letter,
        content_hash=content_hash,
        title=letter.upper(),
        artist="",
        n_samples=sound.shape[1],
        has_cover=False,
    )


def context(
    job: JobT,
    folder: Path,
    said: list[str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> StepContext[JobT]:
    """The context of a step; ``said`` collects the texts about its work."""
    folder.mkdir(parents=True, exist_ok=True)
    say = said.append if said is not None else lambda _: None
    return StepContext(job, Workspace(folder), progress, lambda _: None, say)
