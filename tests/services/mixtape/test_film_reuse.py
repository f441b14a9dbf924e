"""A re-render's film equals one made from scratch, with fewer pictures to encode."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backend.app.contract.jobs import VideoOptions
from backend.app.dj.timeline import Chapter, Timeline
from backend.app.services.files.names import FILM, FILM_GROUPS, THUMBNAIL
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.pipeline import film_mix
from backend.app.video.cut_list import Cut
from tests.video.counted_groups import encoded

from ..stored_tracks import context
from .test_reuse import based, job, rendered, timeline

__all__ = ["encoded", "job"]

TWO = timeline(4.0)
LONGER = timeline(2.1)


def with_film(job: MixtapeJob, **options: object) -> MixtapeJob:
    request = job.request.model_copy(update={"video": VideoOptions(height=720), **options})
    return replace(job, inputs=job.inputs.model_copy(update={"request": request}))


def filmed(job: MixtapeJob, folder: Path, plan: Timeline) -> Path:
    chapters = tuple(Chapter(clip.start, clip.title) for clip in plan.clips)
    rendered(job, folder, replace(plan, chapters=chapters))
    film_mix(context(job, folder))
    return folder


def test_unchanged_pictures_are_not_encoded_again(
    job: MixtapeJob, tmp_path: Path, encoded: list[Cut]
) -> None:
    filmed(with_film(job), tmp_path / "first", TWO)
    assert len(encoded) == 3  # two cards and a dissolve
    # Based on a mix whose files are deleted.
    lost = with_film(based(job, base=TWO), based_on="gone")
    scratch = filmed(lost, tmp_path / "scratch", LONGER)
    encoded.clear()
    again = filmed(with_film(based(job, base=TWO)), tmp_path / "again", LONGER)
    assert encoded == []
    for file in (FILM, THUMBNAIL, FILM_GROUPS):
        assert (again / file).read_bytes() == (scratch / file).read_bytes()
