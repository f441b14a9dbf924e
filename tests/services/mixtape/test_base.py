"""Finding the base of a re-render."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import FileReport, ReportView
from backend.app.errors import InvalidRequest, NotFound
from backend.app.jobs.queue import ExpectedStep
from backend.app.jobs.workspace import WrittenFile
from backend.app.services.files.names import REPORT, TIMELINE
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mixtape.base import BaseMixes
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.store.files.workspaces import Workspaces
from tests.jobs.rows import Rows

from .test_inputs import VIEW

REPORT_VIEW = ReportView(
    duration_s=1.0,
    loudness_lufs=-14.0,
    true_peak_dbtp=-1.4,
    limited_db=0.0,
    files=[
        FileReport(
            name="mix.m4a",
            loudness_lufs=-14.0,
            true_peak_dbtp=-1.4,
            gain_shift_db=0.3,
            ceiling_dbtp=-3.0,
        ),
    ],
    notes=[],
)


@pytest.fixture
def mixes(rows: Rows, tmp_path: Path) -> BaseMixes:
    return BaseMixes(rows.jobs, Workspaces(tmp_path / "jobs"))


def inputs(*names: str, based_on: str | None = None) -> MixtapeInputs:
    tracks = [
        TrackRef(
            track_id=name,
            content_hash="a" * 64,
            title=name,
            artist="",
            n_samples=1,
            has_cover=False,
        )
        for name in names
    ]
    request = MixtapeRequest(tracks_upload_id="crate", transitions="dj", based_on=based_on)
    return MixtapeInputs(request=request, title="Mix", tracks=tracks)


def add_mixtape(rows: Rows, mixes: BaseMixes, *, finished: bool = True) -> str:
    """Store a planned mixtape of the tracks a and b."""
    job_id = rows.job(kind="mixtape", inputs=inputs("a", "b").model_dump_json())
    claim = rows.claim()
    folder = mixes.workspaces.root / job_id
    folder.mkdir(parents=True)
    (folder / TIMELINE).write_text(VIEW.model_dump_json())
    (folder / REPORT).write_text(REPORT_VIEW.model_dump_json())
    rows.queue.planned(claim, [ExpectedStep("planning", 1.0, kept=False)])
    names = (TIMELINE, REPORT)
    files = [WrittenFile(name, "application/json", 1, "0" * 64) for name in names]
    rows.queue.step_finished(claim, "planning", files, 1.0)
    if finished:
        rows.queue.succeeded(claim)
    return job_id


def test_mix_is_found_once_it_is_planned(rows, mixes) -> None:
    mix = mixes.find("ann", add_mixtape(rows, mixes, finished=False))
    assert mix.timeline == VIEW
    assert [track.track_id for track in mix.inputs.tracks] == ["a", "b"]


def test_mix_of_another_user_is_not_found(rows, mixes) -> None:
    job_id = add_mixtape(rows, mixes)
    with pytest.raises(NotFound):
        mixes.find("bob", job_id)


@pytest.mark.parametrize(
    ("kind", "message"), [("mixtape", "no timeline yet"), ("test", "isn't a mixtape")]
)
def test_job_without_timeline_is_rejected(rows, mixes, kind: str, message: str) -> None:
    job_id = rows.job(kind=kind, inputs=inputs("a").model_dump_json())
    with pytest.raises(InvalidRequest, match=message):
        mixes.find("ann", job_id)


def test_deleted_timeline_is_rejected(rows, mixes) -> None:
    job_id = add_mixtape(rows, mixes)
    (mixes.workspaces.root / job_id / TIMELINE).unlink()
    with pytest.raises(InvalidRequest, match="no timeline"):
        mixes.find("ann", job_id)


def test_base_has_the_same_tracks_in_any_order(rows, mixes) -> None:
    job_id = add_mixtape(rows, mixes)
    assert mixes.with_base("ann", inputs("b", "a", based_on=job_id)).base == VIEW
    assert mixes.with_base("ann", inputs("b", "a")) == inputs("b", "a")


def test_other_tracks_or_unfinished_mix_are_rejected_as_base(rows, mixes) -> None:
    with pytest.raises(InvalidRequest, match="other tracks"):
        mixes.with_base("ann", inputs("a", "c", based_on=add_mixtape(rows, mixes)))
    unfinished = add_mixtape(rows, mixes, finished=False)
    with pytest.raises(InvalidRequest, match="not finished"):
        mixes.with_base("ann", inputs("a", "b", based_on=unfinished))


def test_files_are_those_of_the_base_unless_encoded_differently(rows, mixes) -> None:
    job_id = add_mixtape(rows, mixes)
    again = inputs("a", "b", based_on=job_id)
    assert mixes.with_base("ann", again).base_files == tuple(REPORT_VIEW.files)
    for other in ({"bitrate_kbps": 128}, {"mp3_vbr": True}, {"loudness_lufs": -9.0}):
        request = again.request.model_copy(update=other)
        changed = mixes.with_base("ann", again.model_copy(update={"request": request}))
        assert (changed.base, changed.base_files) == (VIEW, ())
    (mixes.workspaces.root / job_id / REPORT).write_text("{}")
    assert mixes.with_base("ann", again).base_files == ()
