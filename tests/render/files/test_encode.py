"""Files of all formats: sound, length, tags, chapters, determinism."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen import File
from PIL import Image

from backend.app.dj.timeline import Clip, Timeline
from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.files import lossless
from backend.app.render.files.encode import Encoding, Output, encode_all
from backend.app.render.files.tags import MixTags
from backend.app.render.measure.finished_file import Meter, measure_file
from backend.app.render.player.player import Level, Player
from tests.render.mixes import FFMPEG, babble, decoded, no_progress, play_of, swept, untagged
from tests.sounds import SR, noise, rms_db

FORMATS = ["mp3", "flac", "wav", "m4a", "opus"]
ALL = pytest.mark.parametrize("kind", FORMATS)

# Characters with a special meaning in some format, and scripts other than Latin.
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
    """One mix in every format, with a cover and difficult chapter titles."""
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
    printed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    field = re.compile(r"^(START|TIMEBASE|title)=((?:[^\\\n]|\\.)*)$", re.MULTILINE | re.DOTALL)
    chapters = []
    for part in re.split(r"^\[CHAPTER\]$", printed, flags=re.MULTILINE)[1:]:
        fields = {
            key: re.sub(r"\\(.)", r"\1", value, flags=re.S) for key, value in field.findall(part)
        }
        start_s = float(Fraction(fields["TIMEBASE"]) * int(fields["START"]))
        chapters.append((start_s, fields["title"].rstrip(" ")))
    return chapters


@ALL
def test_every_format_has_the_chapters_in_order(kind: str, tagged) -> None:
    tags, paths = tagged
    starts_s, titles = zip(*read_chapters(paths[kind]), strict=True)
    assert titles == TITLES
    # 1 ms: the resolution of ID3, Vorbis comments and MP4 text tracks.
    assert starts_s == pytest.approx([start / SR for start, _ in tags.chapters], abs=0.001)


def test_mp3_has_names_and_cover(tagged) -> None:
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


def test_wav_has_names_and_cover(tagged) -> None:
    tags, paths = tagged
    id3 = File(paths["wav"]).tags
    assert str(id3["TIT2"]) == tags.title
    assert id3["APIC:"].data == tags.cover.read_bytes()


@pytest.mark.parametrize("kind", ["flac", "opus"])
def test_flac_and_opus_have_names_and_cover(kind: str, tagged) -> None:
    tags, paths = tagged
    file = File(paths[kind])
    names = [file["title"], file["artist"], file["description"], [file["album"][0].rstrip(" ")]]
    assert names == [[tags.title], [tags.artist], [tags.comment], [tags.album]]
    if kind == "flac":
        assert file.pictures[0].data == tags.cover.read_bytes()
        assert file.pictures[0].mime in ("image/png", "image/jpeg")
    else:
        assert len(file["metadata_block_picture"]) == 1


def test_m4a_has_names_and_cover(tagged) -> None:
    tags, paths = tagged
    file = File(paths["m4a"])
    assert file["\xa9nam"] == [tags.title]
    assert file["\xa9ART"] == file["aART"] == [tags.artist]
    assert bytes(file["covr"][0]) == tags.cover.read_bytes()
    head = paths["m4a"].read_bytes()
    # The index comes first, so that a player can start before the whole file has arrived.
    assert head.index(b"moov") < head.index(b"mdat")


@pytest.mark.parametrize("n_samples", [700, SR, 3 * SR + 1, 5 * SR + 1023])
def test_every_format_has_the_mix_length(n_samples: int, tmp_path: Path) -> None:
    mix = swept(6.0)[:, :n_samples]
    paths = written(mix, FORMATS, tmp_path)
    lengths = {kind: decoded(path).shape[1] for kind, path in paths.items()}
    assert {kind: lengths[kind] for kind in ("mp3", "flac", "wav")} == dict.fromkeys(
        ("mp3", "flac", "wav"), n_samples
    )
    # AAC's last frame has 1024 samples, and MP4 states its length in whole milliseconds
    assert 0 <= lengths["m4a"] - n_samples < 1024 + 45
    # 64: Opus is resampled to 48 kHz and back, with 32 taps
    assert lengths["opus"] == pytest.approx(n_samples, abs=64)


@ALL
def test_every_format_sounds_like_the_mix(kind: str, tmp_path: Path) -> None:
    mix = babble(4.0)
    played = decoded(written(mix, [kind], tmp_path)[kind])[:, : mix.shape[1]]
    error_db = rms_db(played - mix[:, : played.shape[1]]) - rms_db(mix)
    # Bursts of noise are the worst case for a codec, with an error of -9 dB or less; a shift by one
    # sample would give +3 dB. 24 bits leave a rounding error under -120 dB.
    assert error_db < {"flac": -110, "wav": -110, "mp3": -6, "m4a": -6, "opus": -6}[kind]


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_24_bit_samples_are_kept_bit_for_bit(kind: str, tmp_path: Path) -> None:
    whole = np.random.default_rng(1).integers(-(2**23), 2**23, (2, 20_000))
    mix = (whole / 2**23).astype(np.float32)
    path = written(mix, [kind], tmp_path)[kind]
    assert soundfile.info(path).subtype == "PCM_24"
    assert np.array_equal(soundfile.read(path, dtype="float32")[0].T, mix)


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_samples_beyond_full_scale_clip_without_wrapping(kind: str, tmp_path: Path) -> None:
    mix = np.full((2, 5000), 1.5, np.float32)
    path = written(mix, [kind], tmp_path)[kind]
    assert soundfile.read(path)[0].min() > 0.999


def test_wav_past_four_gigabytes_is_a_tagged_rf64(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossless, "_RIFF_LIMIT", 500_000)  # 2 s have 529 kB
    mix = swept(2.0)
    tags = MixTags("Long", "", "", "", None, ((0, "One"), (SR, "Two")), mix.shape[1])
    path = written(mix, ["wav"], tmp_path, tags)["wav"]
    data = path.read_bytes()
    assert data[:4] == b"RF64"
    assert int.from_bytes(data[20:28], "little") == len(data) - 8
    assert soundfile.info(path).frames == mix.shape[1]
    assert read_chapters(path) == [(0.0, "One"), (1.0, "Two")]


@ALL
def test_same_mix_gives_the_same_bytes(kind: str, tmp_path: Path, tagged) -> None:
    tags, paths = tagged
    again = written(babble(9.0), [kind], tmp_path, tags)[kind]
    assert again.read_bytes() == paths[kind].read_bytes()


def test_number_of_workers_changes_no_byte(tmp_path: Path) -> None:
    mix = swept(3.0)
    one = {k: p.read_bytes() for k, p in written(mix, FORMATS, tmp_path, workers=1).items()}
    three = {k: p.read_bytes() for k, p in written(mix, FORMATS, tmp_path, workers=3).items()}
    assert one == three


@pytest.fixture
def player(tmp_path: Path) -> Player:
    """Nine seconds that the limiter must reduce at some levels."""
    write_normal_form(tmp_path / "track", swept(9.0) + babble(9.0))
    timeline = Timeline((Clip("t", "track", "T", "", 0, 9 * SR),))
    return Player(timeline, lambda name: TrackReader(tmp_path / name), -2.2)


def levelled(player: Player) -> dict[str, Player]:
    """The player at a level for each format; FLAC and WAV have the same."""
    levels = {"mp3": Level(-2.2), "m4a": Level(-3.0, 0.1), "opus": Level(-4.2, 0.4)}
    return {kind: player.at(levels.get(kind, Level(-1.5, -0.2))) for kind in FORMATS}


def test_files_of_one_mix_equal_those_made_alone(tmp_path: Path, player: Player) -> None:
    tags = MixTags("", "", "", "", None, (), 9 * SR)
    encoding = Encoding(9 * SR, tags, FFMPEG, tmp_path)
    together, alone = [], []
    for kind, at_level in levelled(player).items():
        together.append(Output(tmp_path / f"a.{kind}", kind, at_level.play, at_level))
        alone.append(Output(tmp_path / f"b.{kind}", kind, at_level.play))
    encode_all(encoding, together, workers=2, progress=no_progress)
    encode_all(encoding, alone, workers=2, progress=no_progress)
    for one, other in zip(together, alone, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes(), one.format


def test_files_of_one_mix_play_it_once(tmp_path: Path, player: Player) -> None:
    opened: list[str] = []

    def open_track(name: str) -> TrackReader:
        opened.append(name)
        return TrackReader(tmp_path / name)

    players = levelled(replace(player, open_track=open_track))
    outputs = [
        Output(tmp_path / f"a.{kind}", kind, players[kind].play, players[kind])
        for kind in ("flac", "wav", "m4a", "opus")
    ]
    tags = MixTags("", "", "", "", None, (), 9 * SR)
    encode_all(Encoding(9 * SR, tags, FFMPEG, tmp_path), outputs, workers=2, progress=no_progress)
    assert opened == ["track"]


@pytest.mark.parametrize("lossy", ["m4a", "opus"])
def test_failing_format_leaves_no_file_of_the_others(
    lossy: str, tmp_path: Path, player: Player
) -> None:
    players = levelled(player)
    outputs = [
        Output(tmp_path / f"a.{kind}", kind, players[kind].play, players[kind])
        for kind in (lossy, "flac")
    ]
    tags = MixTags("", "", "", "", None, (), 9 * SR)
    fails = Path(shutil.which("false") or "")
    with pytest.raises(ToolFailed):
        encode_all(
            Encoding(9 * SR, tags, fails, tmp_path), outputs, workers=2, progress=no_progress
        )
    assert not list(tmp_path.glob("a.*"))


def test_lossless_files_are_heard_as_they_will_be_decoded(tmp_path: Path, player: Player) -> None:
    meter, players = Meter(), levelled(player)
    listens = {"flac": (), "m4a": (), "wav": (meter.push,)}
    outputs = [
        Output(tmp_path / f"a.{kind}", kind, players[kind].play, players[kind], listen=listen)
        for kind, listen in listens.items()
    ]
    tags = MixTags("", "", "", "", None, (), 9 * SR)
    encoding = Encoding(9 * SR, tags, FFMPEG, tmp_path)
    encode_all(encoding, outputs, workers=2, progress=no_progress)
    found = meter.measured()
    for kind in ("flac", "wav"):
        read = measure_file(tmp_path / f"a.{kind}", ffmpeg=FFMPEG, progress=lambda _: None)
        assert (found.n_samples, found.loudness_lufs) == (read.n_samples, read.loudness_lufs)
        for values in ("peaks", "true_peaks", "energies"):
            assert np.array_equal(getattr(found, values), getattr(read, values)), values


def test_flac_and_wav_hold_the_same_samples(tmp_path: Path) -> None:
    paths = written(babble(2.0), ["flac", "wav"], tmp_path)
    flac, wav = (soundfile.read(paths[kind], dtype="int32")[0] for kind in ("flac", "wav"))
    assert np.array_equal(flac, wav)


class Cancelled(Exception):
    pass


def test_cancelling_leaves_no_file_of_any_format(tmp_path: Path) -> None:
    def cancel(share: float) -> None:
        if share > 0.1:  # half of the progress of one format
            raise Cancelled

    mix = noise(12, seed=1)
    outputs = [Output(tmp_path / f"mix.{kind}", kind, play_of(mix)) for kind in FORMATS]
    with pytest.raises(Cancelled):
        encode_all(encoding_of(mix, tmp_path), outputs, workers=5, progress=cancel)
    left = [path.name for path in tmp_path.rglob("*.*")]
    # Finished MP3 segments are kept for the next attempt.
    assert [name for name in left if name.startswith("mix.") or name.endswith(".part")] == []


def test_progress_covers_all_formats_together(tmp_path: Path) -> None:
    shares: list[float] = []
    mix = noise(6, seed=1)
    outputs = [Output(tmp_path / f"mix.{kind}", kind, play_of(mix)) for kind in FORMATS]
    encode_all(encoding_of(mix, tmp_path), outputs, workers=2, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert sum(share < 1 for share in shares) > 20


def test_status_names_the_segment_waited_for(tmp_path: Path) -> None:
    mix, said = babble(9.0), list[str]()
    output = Output(tmp_path / "mix.mp3", "mp3", play_of(mix))
    encode_all(
        encoding_of(mix, tmp_path), [output], workers=2, progress=no_progress, say=said.append
    )
    assert said == ["segment 1 of 2", "segment 2 of 2"]
