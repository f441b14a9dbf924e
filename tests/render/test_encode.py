from __future__ import annotations

import re
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen import File
from PIL import Image

from backend.app.dsp.samples import Samples
from backend.app.render import encode
from backend.app.render.encode import Encoding, Output, encode_all
from backend.app.render.mix_tags import MixTags
from tests.render.mixes import FFMPEG, babble, decoded, no_progress, play_of, swept, untagged
from tests.sounds import SR, noise, rms_db

FORMATS = ["mp3", "flac", "wav", "m4a", "opus"]
ALL = pytest.mark.parametrize("kind", FORMATS)

# Everything that has a meaning to some format's syntax, and scripts beyond Latin.
TITLES = ("1 = 1; #2 \\ 3", "start\n[CHAPTERS]\nSTART=0", "ends in \\", "夜明け – Рассвет – 🌅")


def encoding_of(mix: Samples, folder: Path, tags: MixTags | None = None) -> Encoding:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return Encoding(mix.shape[1], tags or untagged(mix), FFMPEG, scratch)


def written(
    mix: Samples, kinds: list[str], folder: Path, tags: MixTags | None = None, workers: int = 2
) -> dict[str, Path]:
    paths = {kind: folder / f"mix.{kind}" for kind in kinds}
    outputs = [Output(path, kind, play_of(mix)) for kind, path in paths.items()]
    encode_all(encoding_of(mix, folder, tags), outputs, workers=workers, progress=no_progress)
    return paths


@pytest.fixture(scope="module", params=["jpeg", "png"])
def tagged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Every format of one mix with a cover and chapters whose titles are nasty."""
    folder = tmp_path_factory.mktemp("tagged")
    cover = folder / "%d.picture"
    Image.new("RGB", (64, 48), "teal").save(cover, request.param)
    mix = babble(9.0)
    chapters = tuple((round(2.2 * SR) * index, title) for index, title in enumerate(TITLES))
    tags = MixTags(TITLES[0], TITLES[3], TITLES[2], TITLES[1], cover, chapters, mix.shape[1])
    return tags, written(mix, FORMATS, folder, tags)


def read_chapters(path: Path) -> list[tuple[float, str]]:
    """Starts and titles as ffmpeg reads them, in the file's order."""
    command = [FFMPEG, "-v", "error", "-copyts", "-i", path, "-f", "ffmetadata", "-"]
    told = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    field = re.compile(r"^(START|TIMEBASE|title)=((?:[^\\\n]|\\.)*)$", re.MULTILINE | re.DOTALL)
    chapters = []
    for part in re.split(r"^\[CHAPTER\]$", told, flags=re.MULTILINE)[1:]:
        said = {
            key: re.sub(r"\\(.)", r"\1", value, flags=re.S) for key, value in field.findall(part)
        }
        start_s = float(Fraction(said["TIMEBASE"]) * int(said["START"]))
        chapters.append((start_s, said["title"].rstrip(" ")))
    return chapters


@ALL
def test_chapters_are_in_every_file_in_order(kind: str, tagged) -> None:
    tags, paths = tagged
    starts_s, titles = zip(*read_chapters(paths[kind]), strict=True)
    assert titles == TITLES
    # 1 ms: what ID3, Vorbis comments and MP4 text tracks count in
    assert starts_s == pytest.approx([start / SR for start, _ in tags.chapters], abs=0.001)


def test_names_and_cover_are_in_an_mp3(tagged) -> None:
    tags, paths = tagged
    id3 = File(paths["mp3"]).tags
    assert [str(id3[key]) for key in ("TIT2", "TPE1", "TPE2", "TALB")] == [
        tags.title,
        tags.artist,
        tags.artist,
        tags.album,
    ]
    assert id3["COMM::und"].text == [tags.comment]
    assert id3["APIC:"].data == tags.cover.read_bytes()
    assert id3["CTOC:toc"].child_element_ids == ["ch000", "ch001", "ch002", "ch003"]
    assert id3["CHAP:ch003"].end_time == 9000


def test_names_and_cover_are_in_a_wav(tagged) -> None:
    tags, paths = tagged
    id3 = File(paths["wav"]).tags
    assert str(id3["TIT2"]) == tags.title
    assert id3["APIC:"].data == tags.cover.read_bytes()


@pytest.mark.parametrize("kind", ["flac", "opus"])
def test_names_and_cover_are_in_flac_and_opus(kind: str, tagged) -> None:
    tags, paths = tagged
    file = File(paths[kind])
    names = [file["title"], file["artist"], file["description"], [file["album"][0].rstrip(" ")]]
    assert names == [[tags.title], [tags.artist], [tags.comment], [tags.album]]
    if kind == "flac":
        assert file.pictures[0].data == tags.cover.read_bytes()
        assert file.pictures[0].mime in ("image/png", "image/jpeg")
    else:
        assert len(file["metadata_block_picture"]) == 1


def test_names_and_cover_are_in_an_m4a(tagged) -> None:
    tags, paths = tagged
    file = File(paths["m4a"])
    assert file["\xa9nam"] == [tags.title]
    assert file["\xa9ART"] == file["aART"] == [tags.artist]
    assert bytes(file["covr"][0]) == tags.cover.read_bytes()
    head = paths["m4a"].read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # a player can start before the end is there


@pytest.mark.parametrize("n_samples", [700, SR, 3 * SR + 1, 5 * SR + 1023])
def test_every_format_plays_as_long_as_the_mix(n_samples: int, tmp_path: Path) -> None:
    mix = swept(6.0)[:, :n_samples]
    paths = written(mix, FORMATS, tmp_path)
    lengths = {kind: decoded(path).shape[1] for kind, path in paths.items()}
    assert {kind: lengths[kind] for kind in ("mp3", "flac", "wav")} == dict.fromkeys(
        ("mp3", "flac", "wav"), n_samples
    )
    # AAC's last frame has 1024 samples, and MP4 states its length in whole milliseconds
    assert 0 <= lengths["m4a"] - n_samples < 1024 + 45
    # 64: Opus goes through 48 kHz and back, by ffmpeg's resampler with its 32 taps
    assert lengths["opus"] == pytest.approx(n_samples, abs=64)


@ALL
def test_every_format_sounds_like_the_mix(kind: str, tmp_path: Path) -> None:
    mix = babble(4.0)
    played = decoded(written(mix, [kind], tmp_path)[kind])[:, : mix.shape[1]]
    error_db = rms_db(played - mix[:, : played.shape[1]]) - rms_db(mix)
    # Noise in bursts is the worst case of a coder, which leaves -9 dB or less of it wrong; out of
    # step by one sample it would be +3 dB. 24 bits leave the error of rounding, under -120 dB.
    assert error_db < {"flac": -110, "wav": -110, "mp3": -6, "m4a": -6, "opus": -6}[kind]


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_24_bits_come_through_bit_for_bit(kind: str, tmp_path: Path) -> None:
    whole = np.random.default_rng(1).integers(-(2**23), 2**23, (2, 20_000))
    mix = (whole / 2**23).astype(np.float32)
    path = written(mix, [kind], tmp_path)[kind]
    assert soundfile.info(path).subtype == "PCM_24"
    assert np.array_equal(soundfile.read(path, dtype="float32")[0].T, mix)


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_what_is_beyond_full_scale_is_cut_off_and_does_not_wrap(kind: str, tmp_path: Path) -> None:
    mix = np.full((2, 5000), 1.5, np.float32)
    path = written(mix, [kind], tmp_path)[kind]
    assert soundfile.read(path)[0].min() > 0.999


def test_a_wav_past_four_gigabytes_is_an_rf64_with_its_tags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "_RIFF_LIMIT", 100_000)
    mix = swept(2.0)
    tags = MixTags("Long", "", "", "", None, ((0, "One"), (SR, "Two")), mix.shape[1])
    path = written(mix, ["wav"], tmp_path, tags)["wav"]
    data = path.read_bytes()
    assert data[:4] == b"RF64"
    assert int.from_bytes(data[20:28], "little") == len(data) - 8
    assert soundfile.info(path).frames == mix.shape[1]
    assert read_chapters(path) == [(0.0, "One"), (1.0, "Two")]


@ALL
def test_the_same_mix_makes_the_same_file(kind: str, tmp_path: Path, tagged) -> None:
    tags, paths = tagged
    again = written(babble(9.0), [kind], tmp_path, tags)[kind]
    assert again.read_bytes() == paths[kind].read_bytes()


def test_one_worker_writes_the_same_files_as_three(tmp_path: Path) -> None:
    mix = swept(3.0)
    one = {k: p.read_bytes() for k, p in written(mix, FORMATS, tmp_path, workers=1).items()}
    three = {k: p.read_bytes() for k, p in written(mix, FORMATS, tmp_path, workers=3).items()}
    assert one == three


class Cancelled(Exception):
    pass


def test_cancelling_leaves_no_file_of_any_format(tmp_path: Path) -> None:
    def cancel(share: float) -> None:
        if share > 0.2:
            raise Cancelled

    mix = noise(12, seed=1)
    outputs = [Output(tmp_path / f"mix.{kind}", kind, play_of(mix)) for kind in FORMATS]
    with pytest.raises(Cancelled):
        encode_all(encoding_of(mix, tmp_path), outputs, workers=5, progress=cancel)
    left = {path.name for path in tmp_path.rglob("*.*")}
    assert left <= {"m4a.ffmetadata", "opus.ffmetadata"}


def test_progress_counts_all_formats_together(tmp_path: Path) -> None:
    shares: list[float] = []
    mix = noise(6, seed=1)
    outputs = [Output(tmp_path / f"mix.{kind}", kind, play_of(mix)) for kind in FORMATS]
    encode_all(encoding_of(mix, tmp_path), outputs, workers=2, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert sum(share < 1 for share in shares) > 20


def test_it_is_said_which_segment_is_waited_for(tmp_path: Path) -> None:
    mix, said = babble(9.0), list[str]()
    output = Output(tmp_path / "mix.mp3", "mp3", play_of(mix))
    encode_all(
        encoding_of(mix, tmp_path), [output], workers=2, progress=no_progress, say=said.append
    )
    assert said == ["segment 1 of 2", "segment 2 of 2"]
