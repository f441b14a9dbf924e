"""Filming a mix without a film before it is uploaded."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from backend.app.services.files import film_files

from ..publishing_house import PublishingHouse
from ..stand_ins.youtube_faults import Fault

DURATION_S = 2.0


def wav() -> bytes:
    out = io.BytesIO()
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(int(DURATION_S * 44_100)) / 44_100)
    soundfile.write(out, np.column_stack([tone, tone]), 44_100, format="WAV")
    return out.getvalue()


@pytest.mark.parametrize(("kind", "sound"), [("mashup", "mashup.wav"), ("restyle", "restyled.wav")])
def test_mix_without_film_gets_film_and_thumbnail(house: PublishingHouse, kind: str, sound: str):
    mix = house.mix(kind, files={sound: wav()}, duration_s=DURATION_S)
    job = house.publish(mix)
    assert job.status == "succeeded", job.error
    assert [step.name for step in job.steps][:3] == ["checking", "filming", "uploading"]
    [video] = house.youtube.channel.videos.values()
    film, picture = (house.workspaces / job.id / name for name in ("mix.mp4", "thumbnail.jpg"))
    assert film.read_bytes()[4:8] == b"ftyp"
    assert video.sha256 == hashlib.sha256(film.read_bytes()).hexdigest()
    assert video.thumbnail == hashlib.sha256(picture.read_bytes()).hexdigest()
    assert video.resource["status"]["containsSyntheticMedia"] is True
    with Image.open(picture) as drawn:
        assert drawn.size == (1280, 720)


def test_film_is_made_once_for_several_upload_attempts(house: PublishingHouse):
    mix = house.mix("mashup", files={"mashup.wav": wav()}, duration_s=DURATION_S)
    house.youtube.script.faults = [Fault("chunk", 2, "status", status=403, reason="quotaExceeded")]
    paused = house.publish(mix)
    assert (paused.status, paused.resumes_at is None) == ("queued", False)
    film = house.workspaces / paused.id / "mix.mp4"
    made = film.stat().st_mtime_ns
    house.rows.jobs.cancel("ann", paused.id)
    house.rows.jobs.retry("ann", paused.id, quota=99)
    assert house.run(paused.id).status == "succeeded"
    assert film.stat().st_mtime_ns == made
    assert house.youtube.channel.duplicates() == []


def test_film_uses_one_core(house: PublishingHouse, monkeypatch: pytest.MonkeyPatch):
    workers: list[int] = []
    write_film = film_files.write_film

    def watched(*args: Any) -> None:
        workers.append(args[2].workers)
        write_film(*args)

    monkeypatch.setattr(film_files, "write_film", watched)
    house.settings.render_workers = 8
    house.publish(house.mix("mashup", files={"mashup.wav": wav()}, duration_s=DURATION_S))
    assert workers == [1]


def test_mix_without_its_sound_file_fails(house: PublishingHouse):
    mix = house.mix("mashup", files={"mashup.wav": wav()}, duration_s=DURATION_S)
    (house.workspaces / mix / "mashup.wav").unlink()
    job = house.publish(mix)
    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "not_found"
    assert house.youtube.channel.videos == {}
