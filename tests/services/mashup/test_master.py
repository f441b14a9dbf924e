"""Mastering measures each file once, and corrects peaks that its encoder raised."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audio_checks.levels import true_peak_db
from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import WaveformView
from backend.app.render.files.formats import CEILINGS_DBTP
from backend.app.services.files import check_finished, correct_peaks, measure_files
from backend.app.services.mashup import measure
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mashup.pipeline import STEPS, master_mashup
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec
from tests.render.mixes import decoded

from ..mashup_jobs import mashup_job, put_song
from ..stored_tracks import context

Master = Callable[..., tuple[Path, MashupReport, list[str]]]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[MashupJob, Path]:
    """A mashup that is mixed, but not mastered yet."""
    folder = tmp_path_factory.mktemp("mixed")
    store = ContentStore(folder / "storage")
    song = compose_song(SongSpec(tempo_bpm=124, key="A minor", seed=1, bars=8))
    job = mashup_job(store, folder, [put_song(store, folder, "a", song)], "energetic")
    ctx = context(job, folder / "job")
    for step in STEPS:
        if step.name in ("analysing", "mixing"):
            step.run(ctx)
    return job, folder / "job"


@pytest.fixture
def mastered(mixed: tuple[MashupJob, Path], tmp_path: Path) -> Master:
    """Master a copy of the mashup in these formats; return folder, report and notes."""

    def master(*formats: str) -> tuple[Path, MashupReport, list[str]]:
        job, mix = mixed
        request = job.request.model_copy(update={"formats": list(formats)})
        folder, notes = tmp_path / "-".join(formats), list[str]()
        shutil.copytree(mix, folder)
        inputs = job.inputs.model_copy(update={"request": request})
        own = MashupJob(inputs, job.store, job.separators, job.separator, job.ffmpeg, job.workers)
        master_mashup(replace(context(own, folder), note=notes.append))
        report = MashupReport.model_validate_json((folder / "report.json").read_bytes())
        return folder, report, notes

    return master


def test_lossless_files_are_not_decoded(mastered: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    with monkeypatch.context() as undecoded:
        undecoded.setattr(measure, "decoded", refuse)
        undecoded.setattr(measure, "measure_file", refuse)
        _, report, _ = mastered("flac", "wav")
    assert [file.name for file in report.files] == ["mashup.flac", "mashup.wav"]
    monkeypatch.setattr(measure_files, "load_measured", lambda _: None)
    assert mastered("wav", "flac")[1].figures == report.figures
    assert mastered("flac")[1].files == report.files[:1]


def test_lossy_file_over_the_limit_is_encoded_again(
    mastered: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (check_finished, correct_peaks):
        monkeypatch.setattr(module, "TRUE_PEAK_LIMIT_DBTP", -6.0)  # every file exceeds this limit
    folder, report, notes = mastered("mp3", "flac")
    mp3, flac = report.files
    assert mp3.true_peak_dbtp <= -6.0 < flac.true_peak_dbtp
    assert mp3.ceiling_dbtp < CEILINGS_DBTP["mp3"] - 3.0
    assert flac.ceiling_dbtp == CEILINGS_DBTP["flac"]
    # A different oversampling filter measures up to a few tenths of a dB more or less.
    peak_dbtp = true_peak_db(decoded(folder / "mashup.mp3"))
    assert report.true_peak_dbtp == mp3.true_peak_dbtp == pytest.approx(peak_dbtp, abs=0.3)
    assert not any("mashup.mp3 has a true peak" in note for note in notes)
    peaks = WaveformView.model_validate_json((folder / "waveform.json").read_bytes()).peaks
    assert max(peaks) <= 10 ** (-6.0 / 20)
