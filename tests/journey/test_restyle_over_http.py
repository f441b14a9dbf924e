"""A restyle over HTTP: upload, restyle, download; kill."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import soundfile
from mutagen.id3 import ID3

from audio_checks.levels import lufs, true_peak_db
from backend.app.contract.jobs import JobView
from backend.app.contract.restyles import RestyleReport
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from composer.compose import compose_song
from composer.files import write_song
from composer.song import SongSpec
from composer.tones import tone

from .checks import decoded
from .server import Visitor, serving, visiting

STEPS = ["separating_stems", "analysing", "restyling", "mixing", "checking"]
SONG_S = 8.3


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("song") / "Sun.flac"
    spec = SongSpec(style="pop", tempo_bpm=120.0, seed=7, duration_s=SONG_S, title="Sun")
    write_song(compose_song(spec), path)
    return path


@pytest.fixture(scope="module")
def strings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sounds") / "strings.wav"
    soundfile.write(path, 0.4 * tone("strum", 57, SAMPLE_RATE).T, SAMPLE_RATE)
    return path


def send_sound(visitor: Visitor, path: Path) -> str:
    answer = visitor.ask(
        "POST", "/sounds", files=[("files", (path.name, path.read_bytes()))], data={"kind": "style"}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sounds"][0]["id"])


def fetched(visitor: Visitor, job: JobView, folder: Path) -> dict[str, Path]:
    assert job.status == "succeeded", job.error
    for name in ("stems", "before"):
        (folder / name).mkdir(parents=True)
    return {a.name: visitor.download(job, a.name, folder) for a in job.artifacts}


def test_restyle_over_http(song: Path, strings: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        track = visitor.upload_tracks([song]).tracks[0]
        sound = {"sound_id": send_sound(visitor, strings)}
        request = {"kind": "restyle", "track_id": track.id, "model": "draft", "format": "mp3"}
        config = {"bass": sound, "vocals": {**sound, "volume": 0.8}, "other": {"enabled": False}}
        job = visitor.wait_for(visitor.start(**request, config=config).id)
        assert [step.name for step in job.steps] == STEPS
        files = fetched(visitor, job, tmp_path / "files")
        louder = {**config, "vocals": {**sound, "volume": 1.6}}
        again = visitor.wait_for(visitor.start(**request, config=louder).id)
        assert again.status == "succeeded"
    assert set(files) == {
        "restyled.mp3",
        *(f"stems/{stem}.mp3" for stem in ("drums", "bass", "vocals")),
        *(f"before/{stem}.mp3" for stem in ("bass", "vocals")),
        "report.json",
        "timeline.json",
        "waveform.json",
    }
    expect_levels_and_length(files, decoded(song))
    assert job.title == "Sun (restyled)"
    assert ID3(files["restyled.mp3"])["TIT2"].text == ["Sun (restyled)"]
    assert any("draft" in note for note in job.notes)


def expect_levels_and_length(files: dict[str, Path], song: Samples) -> None:
    """Assert levels, length and report."""
    report = RestyleReport.model_validate_json(files["report.json"].read_bytes())
    for name, path in files.items():
        if path.suffix == ".mp3":
            sound = decoded(path)
            assert sound.shape[1] == round(SONG_S * SAMPLE_RATE), name
            assert true_peak_db(sound) <= 0.0
    mix = decoded(files["restyled.mp3"])
    # One stem is left out and the vocals are softer; no gain compensates for it.
    assert lufs(song) - 8.0 < lufs(mix) < lufs(song)
    assert report.loudness_lufs == pytest.approx(lufs(mix), abs=0.3)
    assert true_peak_db(mix) <= -1.0
    stems = {one.stem: one for one in report.stems}
    assert set(stems) == {"drums", "bass", "vocals"}
    assert report.draft
    assert stems["drums"].grains is None
    assert stems["bass"].grains > 0
    assert stems["bass"].envelope_correlation >= 0.9


@pytest.mark.soak
def test_restyle_resumes_after_a_kill(song: Path, strings: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "storage", LEASE_S="3") as server, visiting(server) as visitor:
        track = visitor.upload_tracks([song]).tracks[0]
        sound = {"sound_id": send_sound(visitor, strings)}
        config = dict.fromkeys(("drums", "bass", "other", "vocals"), sound)
        request = {"kind": "restyle", "track_id": track.id, "model": "draft", "config": config}
        job_id = visitor.start(**request).id
        visitor.wait_for(job_id, is_past_analysing, every_s=0.02)
        server.stop(signal.SIGKILL)
        made = cached_files(tmp_path / "storage")
        server.start()
        job = visitor.wait_for(job_id)
        killed = fetched(visitor, job, tmp_path / "killed")
        assert made.items() <= cached_files(tmp_path / "storage").items()
        for path in (tmp_path / "storage" / "derived").rglob("*grains*"):
            path.unlink()
        uninterrupted = fetched(
            visitor, visitor.wait_for(visitor.start(**request).id), tmp_path / "uninterrupted"
        )
    assert job.attempt > 1
    # four stems, their analyses, and the sound's
    assert len(made) >= 4 + 4 + 1
    assert {name: path.read_bytes() for name, path in killed.items()} == {
        name: path.read_bytes() for name, path in uninterrupted.items()
    }


def cached_files(storage: Path) -> dict[Path, int]:
    """The inode of each cached file: a rebuilt file has another one."""
    files = (path for path in (storage / "derived").rglob("*.*") if path.suffix != ".part")
    return {path: path.stat().st_ino for path in files if "grains" not in path.name}


def is_past_analysing(job: JobView) -> bool:
    return STEPS.index(job.step or STEPS[0]) > STEPS.index("analysing")
