"""A mixtape over HTTP: register, upload every format, mix, film, download, check."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen.id3 import ID3

from backend.app.contract.mixes import ReportView, TimelineView, WaveformView
from composer.files import write_crate
from composer.pictures import png_bytes

from .checks import (
    decoded,
    expect_chapters,
    expect_film,
    expect_mp3_length,
    expect_same_sound,
    expect_sound,
    expect_unbroken,
    track_reader,
)
from .server import serving, visiting

EVERY_INPUT = ("mp3", "wav", "flac", "ogg", "opus", "m4a")
EVERY_OUTPUT = ["mp3", "flac", "wav", "m4a", "opus"]
AUDIO = (".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a")


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("crate")
    write_crate(folder, n_songs=6, seed=3, duration_s=14.0, formats=EVERY_INPUT)
    return sorted(path for path in folder.iterdir() if path.suffix in AUDIO)


def test_mixtape_of_every_format_over_http(crate: list[Path], tmp_path: Path) -> None:
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        uploaded = visitor.upload_tracks(crate)
        picture = visitor.upload_picture(png_bytes(1, width=800, height=600))
        job = visitor.start(
            tracks_upload_id=uploaded.id,
            bg_image_upload_id=picture.id,
            title="Every format",
            transition_ms=3000,
            formats=EVERY_OUTPUT,
            video={"height": 720},
        )
        job = visitor.wait_for(job.id)
        assert job.status == "succeeded", job.error
        files = {a.name: visitor.download(job, a.name, tmp_path) for a in job.artifacts}
        assert {a.name: a.size for a in job.artifacts} == {
            name: path.stat().st_size for name, path in files.items()
        }

    timeline = TimelineView.model_validate_json(files["timeline.json"].read_bytes())
    assert len(timeline.clips) == len(crate)
    overlaps_s = 5 * 3.0
    uploaded_s = sum(track.duration_s for track in uploaded.tracks)
    music_s = sum(clip.end_s - clip.start_s for clip in timeline.clips)
    assert timeline.duration_s == pytest.approx(music_s - overlaps_s, abs=0.001)
    assert music_s == pytest.approx(uploaded_s, abs=6 * 1.0)  # without silence at the ends
    read_track = track_reader(tmp_path / "storage")
    lossless = decoded(files["mix.flac"])
    for name in EVERY_OUTPUT:
        # Opus resamples to 48 kHz and back, which rounds its length; AAC ends on a whole frame
        slack = {"opus": 1, "m4a": 1023}.get(name, 0)
        sound = expect_sound(files[f"mix.{name}"], timeline, slack=slack)
        if name in ("flac", "wav"):
            expect_unbroken(sound, timeline, read_track)
        else:
            expect_same_sound(sound, lossless)
    expect_mp3_length(files["mix.mp3"], timeline)
    expect_film(files["mix.mp4"], timeline)
    expect_chapters(files["description.txt"].read_text(), timeline)
    assert len(ID3(files["mix.mp3"]).getall("CHAP")) == len(timeline.chapters)

    report = ReportView.model_validate_json(files["report.json"].read_bytes())
    assert {file.name for file in report.files} == {f"mix.{name}" for name in EVERY_OUTPUT}
    for file in report.files:
        assert abs(file.loudness_lufs + 14.0) <= 0.5
        assert file.true_peak_dbtp <= -1.0
    waveform = WaveformView.model_validate_json(files["waveform.json"].read_bytes())
    assert len(waveform.peaks) == pytest.approx(waveform.duration_s * waveform.bins_per_s, abs=1)
    assert files["thumbnail.jpg"].stat().st_size < 2_000_000
