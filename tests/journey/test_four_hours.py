"""A mix of sixty tracks over four hours does not drift."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import soundfile

from backend.app.contract.mixes import ReportView, TimelineView
from composer.files import write_crate

from .checks import FFMPEG, chapters_in, count_frames, expect_chapters
from .server import serving, visiting

N_TRACKS, N_SONGS, SONG_S, OVERLAP_S = 60, 6, 248.0, 8.0
FPS = 25


def loudness_and_peak(path: Path) -> tuple[float, float]:
    """LUFS and dBTP by ffmpeg's meter, which needs little memory."""
    command = [FFMPEG, "-hide_banner", "-nostats", "-i", str(path), "-map", "0:a:0"]
    command += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    summary = said.rpartition("Summary:")[2]
    lufs, peak = (re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak"))
    assert lufs
    assert peak
    return float(lufs[1]), float(peak[1])


@pytest.mark.soak
def test_chapters_of_four_hours_are_exact(tmp_path: Path) -> None:
    # Six songs, each played ten times: the mix is as long as with sixty songs.
    paths = write_crate(tmp_path, n_songs=N_SONGS, seed=9, duration_s=SONG_S, formats=("flac",))
    songs = [path for path in paths if path.suffix == ".flac"]
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        crate = visitor.upload_tracks(songs)
        ids = [track.id for track in crate.tracks]
        picks = [
            {"track_id": ids[i % N_SONGS], "title": f"Number {i + 1}"} for i in range(N_TRACKS)
        ]
        job = visitor.start(
            tracks_upload_id=crate.id,
            tracks=picks,
            transition_ms=round(1000 * OVERLAP_S),
            video={"height": 720},
        )
        job = visitor.wait_for(job.id)
        assert job.status == "succeeded", job.error
        files = {a.name: visitor.download(job, a.name, tmp_path) for a in job.artifacts}

    timeline = TimelineView.model_validate_json(files["timeline.json"].read_bytes())
    # Without the silence at the tracks' ends.
    played_s = sum(clip.end_s - clip.start_s for clip in timeline.clips)
    expected_s = played_s - (N_TRACKS - 1) * OVERLAP_S
    assert timeline.duration_s == pytest.approx(expected_s, abs=0.01)
    assert soundfile.info(files["mix.mp3"]).frames == timeline.duration_samples
    lufs, peak_db = loudness_and_peak(files["mix.mp3"])
    assert lufs == pytest.approx(-14.0, abs=0.5)
    assert peak_db <= -1.0
    report = ReportView.model_validate_json(files["report.json"].read_bytes())
    # The meter prints tenths of a LU.
    assert report.loudness_lufs == pytest.approx(lufs, abs=0.1)

    expect_chapters(files["description.txt"].read_text(), timeline)
    film = files["mix.mp4"]
    assert count_frames(film) / FPS == pytest.approx(timeline.duration_s, abs=1 / FPS)
    in_film = chapters_in(film)
    assert [title for _, title in in_film] == [chapter.title for chapter in timeline.chapters]
    for (start_s, _), chapter in zip(in_film, timeline.chapters, strict=True):
        # MP4 stores chapters in milliseconds
        assert abs(start_s - chapter.start_s) <= 0.001
