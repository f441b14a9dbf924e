"""MP3 segments encoded in parallel join to the bytes of one stream."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.dsp.samples import Samples
from backend.app.errors import InvalidRequest, ToolFailed
from backend.app.render.mp3 import segments as mp3_segments
from backend.app.render.mp3.encode import Mp3Result
from backend.app.render.mp3.info_frame import V0, Mp3Mode
from backend.app.render.mp3.segments import GRID_FRAMES, SEGMENT_FRAMES, cut_evenly
from tests.render.mixes import FFMPEG, VARIED, decoded, encode_mp3, joined, play_of
from tests.sounds import SR, clicks, noise, rms_db, silence

CBR = Mp3Mode(320)
MODES = pytest.mark.parametrize("mode", [CBR, V0], ids=["320k", "V0"])
SMALL = {"segment_frames": 2 * GRID_FRAMES}  # 2.6 s


def encoded(folder: Path, mix: Samples, mode: Mp3Mode = CBR, **asked) -> tuple[bytes, Mp3Result]:
    out = folder / "mix.mp3"
    options = {"play": play_of(mix), "segments": folder / "segments", "sizes": SMALL, **asked}
    options["segments"].mkdir(exist_ok=True)
    result = encode_mp3(length=mix.shape[1], out=out, mode=mode, **options)
    return out.read_bytes(), result


def one_stream(mix: Samples, mode: Mp3Mode) -> bytes:
    """The mix encoded by a single ffmpeg, without tags and Info frame."""
    rate = ["-q:a", "0"] if mode == V0 else ["-b:a", f"{mode.kbps}k"]
    bare = ["-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "-"]
    sound = ["-f", "f32le", "-ar", "44100", "-ac", "2", "-i", "-"]
    command = [FFMPEG, "-v", "error", *sound, "-c:a", "libmp3lame", *rate, *bare]
    pcm = np.ascontiguousarray(mix.T).tobytes()
    return subprocess.run(command, input=pcm, capture_output=True, check=True).stdout


def without_info_frame(file: bytes, mode: Mp3Mode) -> bytes:
    return file[417 if mode == V0 else 144 * mode.kbps * 1000 // 44100 :]


@MODES
@pytest.mark.parametrize("name", VARIED)
def test_segments_join_to_the_bytes_of_one_stream(name: str, mode: Mp3Mode, tmp_path: Path) -> None:
    mix = VARIED[name]()
    file, _ = encoded(tmp_path, mix, mode)
    assert without_info_frame(file, mode) == one_stream(mix, mode)
    # With the padding stated in the Info frame, no sample is missing or added.
    assert decoded(tmp_path / "mix.mp3").shape == mix.shape
    with soundfile.SoundFile(tmp_path / "mix.mp3") as sound:
        assert sound.read().shape == (mix.shape[1], 2)


@pytest.mark.parametrize("kbps", [128, 160, 192, 224, 256])
def test_every_bit_rate_joins_to_one_stream(kbps: int, tmp_path: Path) -> None:
    mix = VARIED["drums over a chord"]()
    file, result = encoded(tmp_path, mix, Mp3Mode(kbps))
    assert without_info_frame(file, Mp3Mode(kbps)) == one_stream(mix, Mp3Mode(kbps))
    assert result.segments == 3


def test_music_agrees_after_the_first_warm_up(tmp_path: Path) -> None:
    _, result = encoded(tmp_path, VARIED["drums over a chord"]())
    assert result == Mp3Result(result.frames, segments=3, warmups_extended=0)


def test_one_worker_gives_the_file_of_two(tmp_path: Path) -> None:
    mix = VARIED["syllables"]()
    parallel, _ = encoded(tmp_path, mix)
    alone, result = encoded(tmp_path, mix, workers=1)
    assert alone == parallel
    assert result.segments == 1


@MODES
def test_segment_without_warm_up_is_encoded_again_with_one(mode: Mp3Mode, tmp_path: Path) -> None:
    mix = noise(11, seed=1)
    cold = {"segment_frames": 4 * GRID_FRAMES, "warm_up_frames": 0}
    file, result = encoded(tmp_path, mix, mode, sizes=cold)
    assert result.warmups_extended == result.segments - 1 > 0
    assert without_info_frame(file, mode) == one_stream(mix, mode)


def test_warm_up_in_silence_is_extended_into_sound(tmp_path: Path) -> None:
    mix = joined(noise(6, seed=1), silence(3), noise(6, seed=2))
    file, result = encoded(tmp_path, mix)
    assert result.warmups_extended >= 1
    assert result.segments > 1
    assert without_info_frame(file, CBR) == one_stream(mix, CBR)


def test_mix_is_encoded_as_one_stream_if_segments_never_agree(tmp_path: Path) -> None:
    mix = joined(silence(8), noise(2, seed=1))
    file, result = encoded(tmp_path, mix)
    assert result.segments == 1
    assert without_info_frame(file, CBR) == one_stream(mix, CBR)


@MODES
def test_coding_error_at_segment_joins_is_as_elsewhere(mode: Mp3Mode, tmp_path: Path) -> None:
    mix = noise(12, seed=1)
    encoded(tmp_path, mix, mode)
    error = decoded(tmp_path / "mix.mp3") - mix
    ever = rms_db(error)
    for segment in cut_evenly(mix.shape[1], workers=2, longest=2 * GRID_FRAMES)[1:]:
        at = segment.first * 1152
        # 1 dB: how a codec's error on noise varies over 2000 samples; a glitch would add 20 dB.
        assert rms_db(error[:, at - 1000 : at + 1000]) == pytest.approx(ever, abs=1.0)


def counted_starts(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    started: list[Path] = []
    encode = mp3_segments.encode_with_ffmpeg

    def counted(*args, out: Path, **options) -> None:
        started.append(out)
        encode(*args, out=out, **options)

    monkeypatch.setattr(mp3_segments, "encode_with_ffmpeg", counted)
    return started


def test_finished_segments_are_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mix = noise(11, seed=1)

    def key(start: int, end: int) -> str:
        return str(hash(mix[:, start:end].tobytes()))

    started = counted_starts(monkeypatch)
    first, result = encoded(tmp_path, mix, segment_key=key)
    assert len(started) == result.segments > 3
    again, _ = encoded(tmp_path, mix, segment_key=key)
    assert again == first
    assert len(started) == result.segments

    started[1].unlink()
    once_more, _ = encoded(tmp_path, mix, segment_key=key)
    assert once_more == first
    assert started[-1] == started[1]
    assert len(started) == result.segments + 1


def test_only_segments_with_changed_sound_are_encoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix = noise(16, seed=1)

    def key(start: int, end: int) -> str:
        return str(hash(mix[:, start:end].tobytes()))

    encoded(tmp_path, mix, segment_key=key)
    mix[:, : SR // 2] *= np.float32(0.5)  # in the first segment only
    started = counted_starts(monkeypatch)
    file, _ = encoded(tmp_path, mix, segment_key=key)
    assert len(started) == 1
    assert without_info_frame(file, CBR) == one_stream(mix, CBR)


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    encoded(tmp_path, noise(8, seed=1), progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1.0


class Cancelled(Exception):
    pass


def test_cancelling_leaves_no_file_and_no_child_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[subprocess.Popen] = []
    popen = subprocess.Popen

    def watched(*args, **options) -> subprocess.Popen:
        children.append(popen(*args, **options))
        return children[-1]

    monkeypatch.setattr(subprocess, "Popen", watched)

    def cancel(share: float) -> None:
        if share > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        encoded(tmp_path, noise(20, seed=1), progress=cancel)
    assert children
    assert all(child.returncode is not None for child in children)
    assert not (tmp_path / "mix.mp3").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_error_while_playing_is_raised_and_leaves_no_part_file(tmp_path: Path) -> None:
    def play(start: int, end: int):
        yield np.zeros((2, 1000), np.float32)
        raise OSError("the track is gone")

    with pytest.raises(OSError, match="the track is gone"):
        encoded(tmp_path, noise(8, seed=1), play=play)
    assert not list(tmp_path.rglob("*.part"))


def test_ffmpeg_failure_is_raised_and_leaves_no_file(tmp_path: Path) -> None:
    missing = tmp_path / "no such folder"
    with pytest.raises(ToolFailed):
        encode_mp3(
            play_of(clicks(3, 0.5)),
            length=3 * SR,
            out=tmp_path / "mix.mp3",
            mode=CBR,
            segments=missing,
        )
    assert not (tmp_path / "mix.mp3").exists()


def test_bit_rate_that_is_not_offered_is_rejected() -> None:
    with pytest.raises(InvalidRequest):
        Mp3Mode(321)


def test_long_mixes_are_cut_on_a_fixed_grid() -> None:
    hour, longer = cut_evenly(3600 * SR, workers=2), cut_evenly(3700 * SR, workers=2)
    assert [s.first for s in hour] == [SEGMENT_FRAMES * index for index in range(len(hour))]
    assert longer[: len(hour) - 1] == hour[:-1]


def test_short_mixes_are_cut_evenly_among_workers() -> None:
    segments = cut_evenly(90 * SR, workers=2)
    assert len(segments) == 2
    frames = -(-90 * SR // 1152)
    # One step of the grid on which all cuts lie.
    assert segments[1].first == pytest.approx(frames / 2, abs=GRID_FRAMES)


def test_cuts_are_at_multiples_of_49_frames() -> None:
    for n_s in (1, 7, 59, 61, 200, 1000):
        assert all(segment.first % 49 == 0 for segment in cut_evenly(n_s * SR, workers=3))
