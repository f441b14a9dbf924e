"""A crate on disk: songs that play, with tags and a truth file each."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.flac import Picture
from PIL import Image

from composer.__main__ import main
from composer.compose import compose_song
from composer.crates import TITLES, crate_specs
from composer.files import FORMATS, write_song
from composer.pictures import jpeg_bytes, paint, png_bytes
from composer.song import SAMPLE_RATE, SongSpec


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crate")
    main(["--out", str(folder), "--songs", "6", "--seconds", "12", "--seed", "3"])
    return folder


def test_crate_has_every_format_and_a_picture(crate: Path) -> None:
    assert {path.suffix[1:] for path in crate.iterdir()} == {*FORMATS, "json", "png"}
    with Image.open(crate / "picture.png") as picture:
        assert picture.size == (1920, 1080)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_has_title_artist_and_cover(crate: Path, suffix: str) -> None:
    (path,) = crate.glob(f"*.{suffix}")
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    tags = mutagen.File(path).tags
    names = {"mp3": ("TIT2", "TPE1"), "wav": ("TIT2", "TPE1"), "m4a": ("\xa9nam", "\xa9ART")}
    title, artist = names.get(suffix, ("title", "artist"))
    assert str(tags[title][0]) == truth["title"]
    assert str(tags[artist][0]) == truth["artist"]
    cover = crate_cover(path)
    assert Image.open(io.BytesIO(cover)).size == (600, 600)


def crate_cover(path: Path) -> bytes:
    file = mutagen.File(path)
    match path.suffix:
        case ".ogg" | ".opus":
            return Picture(base64.b64decode(file["metadata_block_picture"][0])).data
        case ".flac":
            return file.pictures[0].data
        case ".m4a":
            return bytes(file["covr"][0])
        case _:
            return file.tags.getall("APIC")[0].data


def test_truth_matches_the_file(crate: Path) -> None:
    (path,) = crate.glob("*.flac")
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert truth["file"] == path.name
    assert soundfile.info(path).frames == round(truth["duration"] * SAMPLE_RATE)
    assert truth["beats"][0] == truth["first_beat"] == truth["downbeats"][0]
    assert truth["sections"][-1]["end"] == pytest.approx(truth["duration"], abs=1e-6)


def test_lossy_formats_add_no_offset(tmp_path: Path) -> None:
    song = compose_song(SongSpec(style="house", seed=2, duration_s=6.0))
    write_song(song, tmp_path / "song.mp3")
    decoded, _ = soundfile.read(tmp_path / "song.mp3", dtype="float32", always_2d=True)
    # The file's header states the encoder's delay: same length and position, to the sample.
    assert len(decoded) == song.samples.shape[1]
    noise = decoded.T - song.samples
    # At 320k the error is about 20 dB below the music; a shift by one sample would leave 10 dB.
    assert 10 * np.log10(np.mean(noise**2) / np.mean(song.samples**2)) < -18


def test_titles_and_specs_vary() -> None:
    specs = crate_specs(2 * len(TITLES), seed=1, duration_s=60.0)
    titles = [spec.title for spec in specs]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) > 70
    assert sum(not title.isascii() for title in titles) >= 16
    assert len({spec.style for spec in specs}) == 7
    assert all(54.0 <= spec.duration_s <= 66.0 for spec in specs)


def test_songs_differ_in_loudness() -> None:
    songs = [compose_song(spec) for spec in crate_specs(6, seed=1, duration_s=12.0)]
    levels = [10 * np.log10(np.mean(song.samples**2)) for song in songs]
    assert max(levels) - min(levels) > 3.0


def test_picture_depends_only_on_seed() -> None:
    assert png_bytes(4, width=320, height=180) == png_bytes(4, width=320, height=180)
    assert png_bytes(4, width=320, height=180) != png_bytes(5, width=320, height=180)
    assert paint(4, width=320, height=180).mode == "RGB"
    assert jpeg_bytes(4, width=64, height=64).startswith(b"\xff\xd8")


def test_unknown_format_is_rejected_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--out", "nowhere", "--formats", "mp3,aiff"])
    assert "no such format: aiff" in capsys.readouterr().err
