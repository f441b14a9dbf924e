"""A mashup over HTTP: analyse, rate fits, mix, master; kill and cancel."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from mutagen.id3 import ID3

from audio_checks.levels import lufs, true_peak_db
from backend.app.contract.jobs import JobView
from backend.app.contract.mashups import MashupFits, MashupReport
from backend.app.contract.mixes import TimelineView
from composer.compose import compose_song
from composer.files import write_song
from composer.song import SongSpec

from .checks import decoded
from .server import Visitor, serving, visiting

STEPS = ["separating_stems", "analysing", "mixing", "mastering", "describing"]
SONGS = (
    SongSpec(tempo_bpm=124, key="A minor", seed=1, bars=8, title="Ay", artist="Ada"),
    SongSpec(style="pop", tempo_bpm=119, key="C major", seed=2, bars=8, title="Bee", artist="Bo"),
    SongSpec(style="hiphop", tempo_bpm=92, key="A minor", seed=4, bars=6, title="Sea", artist="C"),
)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("songs")
    files = [folder / f"{spec.title}.flac" for spec in SONGS]
    for spec, file in zip(SONGS, files, strict=True):
        write_song(compose_song(spec), file)
    return files


def fits(visitor: Visitor, crate_id: str, vibe: str):
    return visitor.ask("GET", f"/mashups/fits?tracks_upload_id={crate_id}&vibe={vibe}")


def fetched(visitor: Visitor, job: JobView, folder: Path) -> dict[str, Path]:
    assert job.status == "succeeded", job.error
    (folder / "stems").mkdir(parents=True)
    return {a.name: visitor.download(job, a.name, folder) for a in job.artifacts}


def test_mashup_over_http(songs: list[Path], tmp_path: Path) -> None:
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        crate = visitor.upload_tracks(songs)
        assert fits(visitor, crate.id, "upbeat").status_code == 409
        visitor.wait_for(visitor.start(kind="analysis", tracks_upload_id=crate.id).id)
        rated = MashupFits.model_validate_json(fits(visitor, crate.id, "upbeat").content)
        assert len(rated.pairs) == 6
        request = {
            "kind": "mashup",
            "tracks_upload_id": crate.id,
            "vibe": "upbeat",
            "model": "draft",
            "stems": True,
            "formats": ["mp3", "flac"],
        }
        job = visitor.start(**request)
        assert job.title == "Ay × Bee × Sea (upbeat mashup)"
        job = visitor.wait_for(job.id)
        assert [step.name for step in job.steps] == STEPS
        files = fetched(visitor, job, tmp_path / "files")

        one = crate.tracks[0].id
        alone = visitor.wait_for(
            visitor.start(**{**request, "tracks": [one], "formats": ["mp3"], "stems": False}).id
        )
        edit = fetched(visitor, alone, tmp_path / "alone")

    report = MashupReport.model_validate_json(files["report.json"].read_bytes())
    expect_mastered(files, report)
    assert len(report.fits) == 6
    assert report.draft
    assert any("draft" in note for note in job.notes)
    timeline = TimelineView.model_validate_json(files["timeline.json"].read_bytes())
    titles = {clip.title for clip in timeline.clips}
    used = " × ".join(one for one in ("Ay", "Bee", "Sea") if one in titles)
    assert job.title == report.title == f"{used} (upbeat mashup)"
    assert ID3(files["mashup.mp3"])["TIT2"].text == [report.title]
    assert {name for name in files if name.startswith("stems/")} == {
        f"stems/{clip.stem}.flac" for clip in timeline.clips
    }
    own = MashupReport.model_validate_json(edit["report.json"].read_bytes())
    assert (own.chosen.vocals, own.chosen.instrumental) == (one, one)
    assert alone.title == "Ay (upbeat edit)"


def expect_mastered(files: dict[str, Path], report: MashupReport) -> None:
    """Assert loudness, true peak and length of the files."""
    timeline = TimelineView.model_validate_json(files["timeline.json"].read_bytes())
    for name in ("mashup.mp3", "mashup.flac"):
        sound = decoded(files[name])
        assert lufs(sound) == pytest.approx(-13.0, abs=0.5)
        assert true_peak_db(sound) <= -1.0
        assert sound.shape[1] == timeline.duration_samples
    assert [file.name for file in report.files] == ["mashup.mp3", "mashup.flac"]
    assert report.sections[-1].label == "outro"


@pytest.mark.soak
def test_mashup_resumes_after_a_kill(songs: list[Path], tmp_path: Path) -> None:
    with serving(tmp_path / "storage", LEASE_S="3") as server, visiting(server) as visitor:
        crate = visitor.upload_tracks(songs[:2])
        request = {"tracks_upload_id": crate.id, "vibe": "dark", "model": "draft"}
        job_id = visitor.start(kind="mashup", **request).id
        before = visitor.wait_for(job_id, is_mixing, every_s=0.02)
        made = separated(tmp_path / "storage")
        assert len(made) == 8
        server.stop(signal.SIGKILL)
        server.start()
        job = visitor.wait_for(job_id)
        files = fetched(visitor, job, tmp_path / "files")
    assert job.attempt > 1
    after = {step.name: step.seconds for step in job.steps}
    finished = {step.name: step.seconds for step in before.steps if step.state == "succeeded"}
    assert list(finished) == STEPS[:2]
    # Steps without files of the job run again, and find everything cached.
    assert all(after[name] < 0.2 * finished[name] for name in finished)
    assert separated(tmp_path / "storage") == made
    report = MashupReport.model_validate_json(files["report.json"].read_bytes())
    assert report.loudness_lufs == pytest.approx(-14.0, abs=0.5)


def is_mixing(job: JobView) -> bool:
    return job.step == "mixing"


def separated(storage: Path) -> dict[Path, int]:
    """The inode of each cached stem: a rebuilt file has another one."""
    stems = (storage / "derived").rglob("stem-*.flac")
    return {file: file.stat().st_ino for file in stems}


@pytest.mark.soak
def test_cancelled_mashup_ends(songs: list[Path], tmp_path: Path) -> None:
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        crate = visitor.upload_tracks(songs[:2])
        request = {"tracks_upload_id": crate.id, "vibe": "dark", "model": "draft"}
        job_id = visitor.start(kind="mashup", **request).id
        visitor.wait_for(job_id, is_mixing, every_s=0.02)
        visitor.ask("POST", f"/jobs/{job_id}/cancel")
        assert visitor.wait_for(job_id).status == "cancelled"
