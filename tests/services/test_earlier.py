"""Mixtapes that a new job goes on from, on rows of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import TimelineView
from backend.app.errors import InvalidRequest, NotFound
from backend.app.jobs.queue import ExpectedStep
from backend.app.jobs.workspace import WrittenFile
from backend.app.services.earlier import EarlierMixes
from backend.app.services.mix_files import TIMELINE
from backend.app.services.mixtape_inputs import MixtapeInputs, MixTrack
from tests.jobs.rows import Rows

VIEW = TimelineView(
    version=2,
    sample_rate=44_100,
    duration_s=1.0,
    duration_samples=44_100,
    clips=[],
    transitions=[],
    chapters=[],
)


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    rows = Rows(tmp_path)
    rows.user()
    yield rows
    rows.database.close()


@pytest.fixture
def mixes(rows: Rows, tmp_path: Path) -> EarlierMixes:
    return EarlierMixes(rows.jobs, tmp_path / "jobs")


def inputs(*names: str, based_on: str | None = None) -> MixtapeInputs:
    tracks = [
        MixTrack(
            track_id=name, content="a" * 64, title=name, artist="", n_samples=1, has_cover=False
        )
        for name in names
    ]
    request = MixtapeRequest(tracks_upload_id="crate", transitions="dj", based_on=based_on)
    return MixtapeInputs(request=request, title="Mix", tracks=tracks)


def planned(rows: Rows, mixes: EarlierMixes, *, through: bool = True) -> str:
    """A mixtape of the tracks a and b with its timeline; ``through``: and all the rest."""
    job_id = rows.job(kind="mixtape", inputs=inputs("a", "b").model_dump_json())
    claim = rows.claim()
    folder = mixes.workspaces / job_id
    folder.mkdir(parents=True)
    (folder / TIMELINE).write_text(VIEW.model_dump_json())
    rows.queue.planned(claim, [ExpectedStep("planning", 1.0, kept=False)])
    file = WrittenFile(TIMELINE, "application/json", 1, "0" * 64)
    rows.queue.step_finished(claim, "planning", [file], 1.0)
    if through:
        rows.queue.succeeded(claim)
    return job_id


def test_a_mix_can_be_gone_on_from_as_soon_as_it_is_planned(rows, mixes) -> None:
    mix = mixes.planned("ann", planned(rows, mixes, through=False))
    assert mix.timeline == VIEW
    assert [track.track_id for track in mix.inputs.tracks] == ["a", "b"]


def test_a_strangers_mix_is_none(rows, mixes) -> None:
    job_id = planned(rows, mixes)
    with pytest.raises(NotFound):
        mixes.planned("bob", job_id)


@pytest.mark.parametrize(("kind", "said"), [("mixtape", "no timeline yet"), ("test", "no mixtape")])
def test_what_has_no_timeline_is_told(rows, mixes, kind: str, said: str) -> None:
    job_id = rows.job(kind=kind, inputs=inputs("a").model_dump_json())
    with pytest.raises(InvalidRequest, match=said):
        mixes.planned("ann", job_id)


def test_a_timeline_that_went_meanwhile_is_told(rows, mixes) -> None:
    job_id = planned(rows, mixes)
    (mixes.workspaces / job_id / TIMELINE).unlink()
    with pytest.raises(InvalidRequest, match="no timeline"):
        mixes.planned("ann", job_id)


def test_a_mix_is_based_on_a_finished_one_of_the_same_tracks_in_any_order(rows, mixes) -> None:
    job_id = planned(rows, mixes)
    assert mixes.base_for("ann", inputs("b", "a", based_on=job_id)) == VIEW
    assert mixes.base_for("ann", inputs("b", "a")) is None


def test_other_tracks_or_an_unfinished_mix_are_no_base(rows, mixes) -> None:
    with pytest.raises(InvalidRequest, match="other tracks"):
        mixes.base_for("ann", inputs("a", "c", based_on=planned(rows, mixes)))
    unfinished = planned(rows, mixes, through=False)
    with pytest.raises(InvalidRequest, match="not finished"):
        mixes.base_for("ann", inputs("a", "b", based_on=unfinished))
