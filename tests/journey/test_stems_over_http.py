"""Stems over HTTP: separate, download, mix, cancel; each song once."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from backend.app.contract.jobs import JobView
from backend.app.contract.stems import FOUR_STEMS, StemsView
from backend.app.dsp.samples import SAMPLE_RATE, Samples, gain_of_db
from composer.compose import compose_song
from composer.files import write_song
from composer.song import SongSpec
from tests.jobs.find_processes import running_jobs
from tests.patience import PATIENCE_S, wait_until
from tests.services.stems_harness import difference_db
from tests.stems.tiny_demucs import tiny_repo

from .server import Server, Visitor, serving, visiting

TITLES = ("Sun", "Moon/Stars")


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("crate")
    files = []
    for seed, title in enumerate(TITLES):
        files.append(folder / f"{seed}.flac")
        spec = SongSpec(seed=seed, duration_s=5.0 + seed, title=title, artist="Ada")
        write_song(compose_song(spec), files[-1])
    return files


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a tiny model as its default."""
    root = tmp_path_factory.mktemp("server")
    repo = tiny_repo(root / "models")
    with serving(root / "storage", DEMUCS_REPO=str(repo), DEMUCS_MODEL="tiny") as opened:
        yield opened


def fetched(visitor: Visitor, job: JobView, name: str) -> bytes:
    answer = visitor.ask("GET", f"/jobs/{job.id}/artifacts/{name}")
    assert answer.status_code == 200, answer.text
    return answer.content


def sound(data: bytes) -> Samples:
    return soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)[0].T


def cached_stems(server: Server) -> dict[Path, int]:
    """The inode of each cached stem: one that was separated again has another."""
    return {path: path.stat().st_ino for path in server.storage.glob("derived/*/*/stem-*.flac")}


def expect_stems(visitor: Visitor, job: JobView, titles: tuple[str, ...]) -> StemsView:
    """Assert that all stems exist, add up to their songs, and are described correctly."""
    view = StemsView.model_validate_json(fetched(visitor, job, "stems.json"))
    assert [track.title for track in view.tracks] == list(titles)
    for track in view.tracks:
        song = sound(visitor.ask("GET", f"/tracks/{track.track_id}/audio").content)
        stems = [sound(fetched(visitor, job, stem.file)) for stem in track.stems]
        assert [stem.stem for stem in track.stems] == list(FOUR_STEMS)
        song = np.float32(gain_of_db(track.gain_db)) * song
        assert difference_db(np.sum(stems, axis=0), song) < -60
        assert track.residual_db is not None
        assert track.residual_db < -60
    return view


def test_stems_and_stem_mix_over_http(server: Server, crate: list[Path]) -> None:
    with visiting(server) as visitor:
        uploaded = visitor.upload_tracks(crate)
        job = visitor.wait_for(visitor.start(kind="stems", tracks_upload_id=uploaded.id).id)
        assert job.status == "succeeded", job.error
        assert [step.name for step in job.steps] == ["separating_stems", "writing"]
        assert job.title == "Stems of Sun and 1 more"
        view = expect_stems(visitor, job, TITLES)
        assert (view.model, view.draft, view.device) == ("tiny", False, "processor")
        assert job.notes == ["Separated by Demucs (tiny), on the processor."]
        names = [f"stems/Ada - {t}/{s}.flac" for t in ("Sun", "Moon_Stars") for s in FOUR_STEMS]
        assert {one.name for one in job.artifacts} == {*names, "stems.json"}

        whole = visitor.ask("GET", f"/jobs/{job.id}/artifacts.zip").content
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            assert archive.testzip() is None
            assert {info.file_size for info in archive.infolist()} == {
                one.size for one in job.artifacts
            }

        made = cached_stems(server)
        again = visitor.wait_for(visitor.start(kind="stems", track_id=uploaded.tracks[1].id).id)
        assert cached_stems(server) == made
        assert again.notes == ["Separated by Demucs (tiny), on the processor."]
        expect_stems(visitor, again, TITLES[1:])

        faders = [{"stem": stem, "gain_db": 0.0} for stem in FOUR_STEMS]
        request = {"job_id": job.id, "track_id": uploaded.tracks[0].id, "format": "wav"}
        mixed = visitor.wait_for(visitor.start(kind="stem_mix", faders=faders, **request).id)
        assert mixed.status == "succeeded", mixed.error
        assert {one.name for one in mixed.artifacts} == {"timeline.json", "mix.wav"}
        song = sound(visitor.ask("GET", f"/tracks/{uploaded.tracks[0].id}/audio").content)
        # Composed songs have true peaks below full scale: no gain is needed
        assert difference_db(sound(fetched(visitor, mixed, "mix.wav")), song) < -60


def test_draft_stems_are_labelled(server: Server, crate: list[Path]) -> None:
    with visiting(server, "bea@example.org") as visitor:
        track = visitor.upload_tracks(crate[:1]).tracks[0]
        request = {"track_id": track.id, "model": "draft"}
        job = visitor.wait_for(visitor.start(kind="stems", **request).id)
        view = expect_stems(visitor, job, TITLES[:1])
        assert view.draft
        assert "This is a draft" in job.notes[0]


def test_cancelled_separation_ends_early(server: Server, tmp_path: Path) -> None:
    long = tmp_path / "Long.flac"
    rng = np.random.default_rng(1)
    soundfile.write(long, 0.1 * rng.standard_normal((120 * SAMPLE_RATE, 2)), SAMPLE_RATE)
    with visiting(server, "cy@example.org") as visitor:
        track = visitor.upload_tracks([long]).tracks[0]
        job = visitor.start(kind="stems", track_id=track.id)
        deadline = time.monotonic() + 2 * PATIENCE_S
        while (now := visitor.job(job.id)).step != "separating_stems" or now.progress == 0:
            assert time.monotonic() < deadline
            assert now.status in ("queued", "running"), now.error
            time.sleep(0.05)
        assert now.detail == "song 1 of 1, on the processor"
        assert runners(server)
        visitor.ask("POST", f"/jobs/{job.id}/cancel")
        wait_until(lambda: visitor.job(job.id).status == "cancelled" and not runners(server))
        folders = {path.parent for path in server.storage.glob("derived/*/*/stem-*")}
        [content] = folders - separated_folders(server)
        assert list(content.glob("stem-*.flac")) == []
        unfinished = set(content.glob("stem-*.part"))
        assert len(unfinished) == len(FOUR_STEMS)
        visitor.ask("POST", f"/jobs/{job.id}/retry")
        while not set(content.glob("stem-*.part")) - unfinished:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not unfinished & set(content.iterdir()), "the retry deletes them"
        visitor.ask("POST", f"/jobs/{job.id}/cancel")


def runners(server: Server) -> list[psutil.Process]:
    """The processes that run jobs."""
    assert server.process is not None
    return running_jobs(psutil.Process(server.process.pid))


def separated_folders(server: Server) -> set[Path]:
    """The folders of completely separated songs."""
    return {path.parent for path in server.storage.glob("derived/*/*/stem-*-device.txt")}
