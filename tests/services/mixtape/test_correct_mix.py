"""Lossy files keep the limit of true peaks, whatever their encoder does to the sound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.app.contract.dj import TransitionReport
from backend.app.contract.jobs import MixtapeRequest, VideoOptions
from backend.app.contract.mixes import ReportView
from backend.app.dj.timeline import Clip, Timeline, Transition
from backend.app.errors import ToolFailed
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.files.formats import CEILINGS_DBTP
from backend.app.render.measure.finished_file import Measured, measure_file
from backend.app.services.files import check_finished, correct_peaks
from backend.app.services.files.check_finished import TRUE_PEAK_LIMIT_DBTP
from backend.app.services.files.names import FILM
from backend.app.services.mixtape import correct_mix as module
from backend.app.services.mixtape.correct_mix import correct_mix
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.pipeline import correct_files, film_mix
from backend.app.store.files.blobs import ContentStore
from tests.sounds import SR

from ..stored_tracks import context, put_track
from .test_reuse import based_on, played, rendered

__all__ = ["played"]

FFMPEG = find_ffmpeg(None)
LENGTH = 6 * SR
HALF = Clip("a", "a" * 64, "A", "", 0, LENGTH // 2, gain_db=0.0)
PLAN = Timeline(
    (HALF, replace(HALF, start=HALF.length, source_start=HALF.length)),
    (Transition(0, 1, "cut", HALF.length, HALF.length, 0, ""),),
)
JOIN = TransitionReport.model_validate(
    {
        **dict.fromkeys(TransitionReport.model_fields),
        **{"outgoing": "a", "incoming": "a", "kind": "cut", "reason": "", "proposed_by": "rules"},
        **{"start_s": 3.0, "end_s": 3.0, "trimmed_s": (0, 0), "ladder": []},
        **{"bars": 0, "pitch_semitones": 0, "true_peak_dbtp": 6.0},
    }
)
FORMATS = ["mp3", "flac", "m4a", "opus"]


@pytest.fixture
def job(tmp_path: Path) -> MixtapeJob:
    """Random signs, a wave that no encoder can keep, least of all at a low bit rate."""
    store = ContentStore(tmp_path / "storage")
    signs = np.sign(np.random.default_rng(5).standard_normal((2, LENGTH)))
    tracks = [put_track(store, tmp_path, "a", signs.astype(np.float32))]
    request = MixtapeRequest(tracks_upload_id="crate", formats=FORMATS, bitrate_kbps=128)
    request = request.model_copy(update={"loudness_lufs": 0.0})  # louder than users may request
    inputs = MixtapeInputs(request=request, title="Mix", tracks=tracks)
    return MixtapeJob(inputs, store, FFMPEG, 2)


def peaks_of(folder: Path) -> dict[str, float]:
    paths = {kind: folder / f"mix.{kind}" for kind in FORMATS}
    return {
        kind: measure_file(path, ffmpeg=FFMPEG, progress=lambda _: None).true_peak_dbtp
        for kind, path in paths.items()
    }


def report_of(folder: Path) -> ReportView:
    return ReportView.model_validate_json((folder / "report.json").read_bytes())


def test_every_lossy_file_keeps_the_limit(job: MixtapeJob, tmp_path: Path) -> None:
    folder = rendered(job, tmp_path / "job", PLAN)
    before = peaks_of(folder)
    over = {kind for kind, peak in before.items() if peak > TRUE_PEAK_LIMIT_DBTP}
    assert over == {"mp3", "m4a", "opus"}
    flac = (folder / "mix.flac").read_bytes()
    first = report_of(folder)
    ctx = context(job, folder)
    ctx.workspace.write_shape("report.json", first.model_copy(update={"transitions": [JOIN]}))
    assert set(correct_mix(ctx)) == {f"mix.{kind}" for kind in over}
    after = peaks_of(folder)
    assert max(after.values()) <= TRUE_PEAK_LIMIT_DBTP
    report = report_of(folder)
    stated = {file.name: file.true_peak_dbtp for file in report.files}
    assert stated == pytest.approx({f"mix.{kind}": peak for kind, peak in after.items()}, abs=0.005)
    assert report.true_peak_dbtp == stated["mix.mp3"]
    assert report.limited_db > first.limited_db
    assert report.transitions[0].true_peak_dbtp <= stated["mix.mp3"]
    assert (folder / "mix.flac").read_bytes() == flac
    assert correct_mix(ctx) == []


def test_rerender_reuses_corrected_files(
    job: MixtapeJob, tmp_path: Path, played: list[int]
) -> None:
    request = job.request.model_copy(update={"formats": ["mp3", "m4a"]})
    job = replace(job, inputs=job.inputs.model_copy(update={"request": request}))
    first = rendered(job, tmp_path / "first", PLAN)
    assert len(correct_mix(context(job, first))) == 2
    ceilings = {file.name: file.ceiling_dbtp for file in report_of(first).files}
    assert ceilings["mix.mp3"] < CEILINGS_DBTP["mp3"] - 1.0
    again = based_on(job, first)
    played.clear()
    folder = rendered(again, tmp_path / "again", PLAN)
    assert played == []
    assert report_of(folder) == report_of(first)
    for name in ceilings:
        assert (folder / name).read_bytes() == (first / name).read_bytes()
    assert correct_mix(context(again, folder)) == []


def test_corrected_file_is_checked_like_the_first(
    job: MixtapeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # so that every file gets a note
    monkeypatch.setattr(check_finished, "LOUDNESS_TOLERANCE_LU", -1.0)
    notes: list[str] = []
    folder = rendered(job, tmp_path / "job", PLAN, notes)
    assert [note.split()[0] for note in notes] == ["mix.flac"]
    correct_mix(replace(context(job, folder), note=notes.append))
    stated = {file.name: f"{file.loudness_lufs:.1f} LUFS" for file in report_of(folder).files}
    assert [(note.split()[0], " ".join(note.split()[4:6])) for note in notes[1:]] == [
        (f"mix.{kind}", stated[f"mix.{kind}"]) for kind in ("mp3", "m4a", "opus")
    ]
    (folder / "report.json").unlink()
    again = rendered(job, folder, PLAN)

    def cut(path: Path, **options: Any) -> Measured:
        found = measure_file(path, **options)
        return replace(found, n_samples=found.n_samples - SR)

    monkeypatch.setattr(module, "measure_file", cut)
    with pytest.raises(ToolFailed, match=r"5\.0 s long instead of 6\.0"):
        correct_mix(context(job, again))


def test_film_gets_the_corrected_sound(job: MixtapeJob, tmp_path: Path) -> None:
    request = job.request.model_copy(
        update={"formats": ["flac"], "video": VideoOptions(height=720)}
    )
    job = replace(job, inputs=job.inputs.model_copy(update={"request": request}))
    folder = rendered(job, tmp_path / "job", PLAN)
    ctx = context(job, folder)
    film_mix(ctx)
    first = (folder / FILM).read_bytes()
    correct_files(ctx)
    film = folder / FILM
    assert film.read_bytes() != first
    found = measure_file(film, ffmpeg=FFMPEG, progress=lambda _: None)
    assert found.true_peak_dbtp <= TRUE_PEAK_LIMIT_DBTP


def test_file_that_can_not_be_corrected_is_noted(
    job: MixtapeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correct_peaks, "TRIES", 1)
    monkeypatch.setattr(correct_peaks, "MARGIN_DB", -3.0)
    folder, notes = rendered(job, tmp_path / "job", PLAN), list[str]()
    correct_mix(replace(context(job, folder), note=notes.append))
    assert any("mix.mp3 has a true peak" in note for note in notes)
