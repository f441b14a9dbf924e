"""A re-render makes the same M4A as a render from scratch, with less work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.contract.mixes import ReportView
from backend.app.render.aac import segments as segments_module
from backend.app.render.aac.encode import AacSegments
from backend.app.render.aac.frames import AdtsFrames
from backend.app.render.aac.segments import Segment
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.reuse import aac as reuse_aac
from backend.app.services.mixtape.reuse.aac import M4A, M4A_MEASUREMENT

from .test_reuse import CHANGED, FIRST, LINEAR, based, based_on, job, rendered

__all__ = ["job"]


@pytest.fixture(scope="module", autouse=True)
def short_segments() -> Iterator[None]:
    """Segments of six seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments_module, "SEGMENT_FRAMES", 258)
        yield


@pytest.fixture(scope="module")
def first(job: MixtapeJob, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(with_m4a(job), tmp_path_factory.mktemp("jobs") / "first", FIRST)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[Segment]:
    """The segments that re-renders encoded."""
    seen: list[Segment] = []
    encode = AacSegments.encode

    def counted(self: AacSegments, segment: Segment, *rest: object) -> None:
        seen.append(segment)
        encode(self, segment, *rest)

    monkeypatch.setattr(AacSegments, "encode", counted)
    return seen


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the streams that were taken out of M4A files."""
    names: list[str] = []
    extract = reuse_aac.extract_frames

    def counted(m4a: Path, out: Path, ffmpeg: Path) -> AdtsFrames:
        names.append(out.name)
        return extract(m4a, out, ffmpeg)

    monkeypatch.setattr(reuse_aac, "extract_frames", counted)
    return names


def with_m4a(job: MixtapeJob, **options: object) -> MixtapeJob:
    request = job.request.model_copy(update={"formats": ["mp3", "m4a"], **options})
    return replace(job, inputs=job.inputs.model_copy(update={"request": request}))


@pytest.mark.parametrize("changed", CHANGED)
def test_rerendered_m4a_and_report_equal_those_from_scratch(
    changed: str, job: MixtapeJob, first: Path, tmp_path: Path, encoded: list[Segment]
) -> None:
    plan = CHANGED[changed]
    again = rendered(with_m4a(based(job)), first.parent / changed, plan)
    n_encoded = len(encoded)
    # Based on a mix whose files are deleted.
    lost = with_m4a(based(job), based_on="gone")
    anew = first if changed == "nothing" else rendered(lost, tmp_path / "anew", plan)
    assert (again / M4A).read_bytes() == (anew / M4A).read_bytes()
    reports = [
        ReportView.model_validate_json((one / "report.json").read_bytes()) for one in (again, anew)
    ]
    assert reports[0] == reports[1]
    if changed == "nothing":
        assert n_encoded == 0
    else:
        assert 0 < n_encoded < 6
    assert (again / M4A_MEASUREMENT).is_file()


def test_chain_of_rerenders_keeps_levels_and_reuses_frames(
    job: MixtapeJob, first: Path, encoded: list[Segment], extracted: list[str]
) -> None:
    job = with_m4a(job)
    folders = [first]
    for name, plan in (("second", LINEAR), ("third", FIRST), ("fourth", LINEAR)):
        encoded.clear()
        folders.append(rendered(based_on(job, folders[-1]), first.parent / name, plan))
        assert 0 < len(encoded) < 4, name
    assert extracted == 3 * ["base.aac", "own.aac"]
    m4as = [(folder / M4A).read_bytes() for folder in folders]
    assert m4as[:2] == m4as[2:]
    assert len(set(m4as)) == 2


def test_m4a_of_another_bit_rate_is_not_reused(
    job: MixtapeJob, first: Path, encoded: list[Segment]
) -> None:
    rendered(with_m4a(based(job), bitrate_kbps=128), first.parent / "128", FIRST)
    assert encoded == []  # all frames came from one stream


def test_damaged_m4a_is_not_reused(job: MixtapeJob, first: Path, tmp_path: Path) -> None:
    shutil.copytree(first, tmp_path / "first")
    whole = (first / M4A).read_bytes()
    (tmp_path / "first" / M4A).write_bytes(whole[:-9] + b"x" + whole[-8:])
    again = rendered(with_m4a(based(job)), tmp_path / "again", FIRST)
    assert (again / M4A).read_bytes() == whole
