"""The measuring step decodes only files that were not measured while they were written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.contract.mixes import ReportView
from backend.app.services.files import measure_files
from backend.app.services.files.measure_files import MEASURED_AS_WRITTEN
from backend.app.services.mixtape import measure
from backend.app.services.mixtape.job import MixtapeJob

from .test_reuse import FIRST, job, rendered

__all__ = ["job"]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were decoded."""
    names: list[str] = []
    measure_file = measure.measure_file

    def counted(path: Path, **options: object) -> object:
        names.append(path.name)
        return measure_file(path, **options)

    monkeypatch.setattr(measure, "measure_file", counted)
    return names


def asking_for(job: MixtapeJob, *formats: str) -> MixtapeJob:
    request = job.request.model_copy(update={"formats": list(formats)})
    return replace(job, inputs=job.inputs.model_copy(update={"request": request}))


def test_lossless_files_are_not_decoded(
    job: MixtapeJob, tmp_path: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rendered(asking_for(job, "flac", "wav", "m4a"), tmp_path / "job", FIRST)
    assert decoded == ["mix.m4a"]
    report = ReportView.model_validate_json((folder / "report.json").read_bytes())
    assert [file.name for file in report.files] == ["mix.flac", "mix.wav", "mix.m4a"]

    def forget(_path: Path) -> None:
        return None

    monkeypatch.setattr(measure_files, "load_measured", forget)
    again = rendered(asking_for(job, "flac", "wav", "m4a"), tmp_path / "decoded", FIRST)
    assert sorted(decoded[1:]) == ["mix.flac", "mix.m4a", "mix.wav"]
    assert ReportView.model_validate_json((again / "report.json").read_bytes()) == report
    assert (folder / MEASURED_AS_WRITTEN).is_file()
