"""A mixtape with more tracks than one table of contents in ID3 can hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen import File

from backend.app.contract.jobs import MixtapeRequest
from backend.app.services.library.crates import distinct_names
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from tests.services.stored_tracks import context, put_track
from tests.sounds import SR, noise


@pytest.mark.soak
def test_mix_of_260_equally_named_tracks_lists_each_by_its_own_name(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    track = put_track(ContentStore(storage), tmp_path, "a", noise(0.1, seed=1) * 0.1)
    tracks = [track.model_copy(update={"track_id": f"t{n}", "title": "house"}) for n in range(260)]
    pipeline = build_mixtape_pipeline(Settings(_env_file=None, storage_root=storage))
    request = MixtapeRequest(tracks_upload_id="crate", transition_ms=10)
    inputs = MixtapeInputs(request=request, title="Mix", tracks=distinct_names(tracks))
    ctx = context(pipeline.open(inputs.model_dump_json()), tmp_path / "job")
    for step in pipeline.steps_for(ctx.job):
        step.run(ctx)
    names = ["house", *(f"house ({n})" for n in range(2, 261))]
    listed = ctx.workspace.path("tracklist.txt").read_text().splitlines()
    assert [line.partition(" ")[2] for line in listed] == names
    chapters = File(ctx.workspace.path("mix.mp3")).tags.getall("CHAP")
    by_id = sorted(chapters, key=lambda chapter: chapter.element_id)
    assert [str(chapter.sub_frames["TIT2"]) for chapter in by_id] == names
    starts_s = [chapter.start_time / 1000 for chapter in by_id]
    assert starts_s == sorted(starts_s)
    assert len(set(starts_s)) == 260
    # tracks of a tenth of a second, cut one after the other
    assert starts_s[-1] < 260 * track.n_samples / SR
