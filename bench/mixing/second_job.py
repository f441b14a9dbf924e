"""Measure what a second mixtape job reuses of a first one with the same tracks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from backend.app.contract.jobs import MixtapeRequest
from backend.app.jobs.messages import Failed, Message, Order, StepFinished
from backend.app.jobs.runner import run_order
from backend.app.media.normal_form import TrackReader
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from bench.crate import BenchCrate


def run_second_job(crate: BenchCrate) -> None:
    """Print each step's seconds for the first and the second job."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(storage_root=Path(folder))
        tracks = shelved(crate, ContentStore(settings.storage_root))
        inputs = MixtapeInputs(
            request=MixtapeRequest(tracks_upload_id="-"), title="Bench", tracks=tracks
        )
        first, second = (_run(inputs, settings, Path(folder) / name) for name in ("one", "two"))
    print("\nseconds of each step, first job and second job of the same tracks")
    for step in first:
        print(f"{step:12}{first[step]:8.2f}{second[step]:8.2f}")


def shelved(crate: BenchCrate, store: ContentStore) -> list[TrackRef]:
    """Put the crate's tracks into a content store; return references for a mixtape."""
    tracks = []
    for index, name in enumerate(crate.names):
        digest = f"{index:064x}"
        kept = store.path(digest)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.symlink_to(crate.path(name).absolute())
        with TrackReader(kept) as reader:
            n_samples = reader.n_samples
        tracks.append(
            TrackRef(
                track_id=name,
                content_hash=digest,
                title=name,
                artist="Bench",
                n_samples=n_samples,
                has_cover=False,
            )
        )
    return tracks


def _run(inputs: MixtapeInputs, settings: Settings, workspace: Path) -> dict[str, float]:
    order = Order(
        job_id="bench",
        pipeline="",
        inputs=inputs.model_dump_json(),
        work_s=inputs.duration_s,
        workspace=str(workspace),
        attempt=1,
        finished=[],
    )
    seconds: dict[str, float] = {}

    def tell(message: Message) -> None:
        if isinstance(message, StepFinished):
            seconds[message.step] = message.seconds
        if isinstance(message, Failed):
            raise SystemExit(message.failure.message)

    run_order(order, build_mixtape_pipeline(settings), tell)
    return seconds
