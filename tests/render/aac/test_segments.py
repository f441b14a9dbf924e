"""AAC segments join to the same stream, however they were made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.render.aac import segments as segments_module
from backend.app.render.aac.encode import AacSegments, BaseAac
from backend.app.render.aac.frames import AdtsFrames, extract_frames
from backend.app.render.aac.m4a import length_of, write_m4a
from backend.app.render.files.formats import codec_arguments
from backend.app.render.measure.finished_file import measure_file
from backend.app.render.measure.incremental import AAC, Change, measure_change
from tests.render.mixes import BLOCK, FFMPEG, babble, chord, decoded, play_of, swept
from tests.sounds import SR, clicks, noise, rms_db

ARGUMENTS = codec_arguments("m4a", 192)
LENGTH = 11 * SR + 777


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of three seconds."""
    monkeypatch.setattr(segments_module, "SEGMENT_FRAMES", 129)


def mix_of(seed: int = 1) -> Samples:
    """Music-like sound, with attacks everywhere."""
    sound = clicks(12.0, 0.31, peak=0.5) + chord(12.0) + babble(12.0)
    return np.asarray(sound + noise(12.0, seed=seed, rms_db=-40), np.float32)[:, :LENGTH]


def hash_of(mix: Samples):
    return lambda start, end: str(hash(mix[:, start:end].tobytes()))


def streamed(mix: Samples, folder: Path, *, hashed: bool = False) -> AdtsFrames:
    folder.mkdir(exist_ok=True)
    sound_hash = hash_of(mix) if hashed else None
    segments = AacSegments(mix.shape[1], ARGUMENTS, FFMPEG, folder, sound_hash)
    with segments.from_stream() as encode:
        for block in play_of(mix)(0, mix.shape[1]):
            encode(block)
    return segments.join(folder / "joined.aac")


def m4a_of(frames: AdtsFrames, mix: Samples, out: Path) -> Path:
    write_m4a(frames, mix.shape[1], (), (), ffmpeg=FFMPEG, out=out)
    return out


def test_segments_played_alone_equal_those_of_a_stream(tmp_path: Path) -> None:
    mix = mix_of()
    (tmp_path / "alone").mkdir()
    alone = AacSegments(LENGTH, ARGUMENTS, FFMPEG, tmp_path / "alone")
    assert len(alone.all) == 4
    counted: list[int] = []
    for segment in reversed(alone.all):
        alone.encode(segment, play_of(mix), counted.append)
    assert sum(counted) > LENGTH
    joined = alone.join(tmp_path / "alone.aac").path.read_bytes()
    assert joined == streamed(mix, tmp_path / "stream").path.read_bytes()


def test_mix_is_as_clear_at_the_seams_as_elsewhere(tmp_path: Path) -> None:
    mix = mix_of()
    played = decoded(m4a_of(streamed(mix, tmp_path / "s"), mix, tmp_path / "mix.m4a"))
    assert played.shape == mix.shape
    error = played - mix
    seams = [first * 129 * 1024 for first in (1, 2, 3)]
    around = np.concatenate([error[:, at - 3000 : at + 3000] for at in seams], axis=1)
    # 3 dB: six frames contain other sound than the whole; at a seam that does not add up, the error
    # would be +20 dB.
    assert rms_db(around) < rms_db(error) + 3.0


@pytest.mark.parametrize("n_samples", [1, 1024, 1025, 129 * 1024, 129 * 1024 + 1, 5 * SR])
def test_m4a_plays_exactly_the_mix(n_samples: int, tmp_path: Path) -> None:
    mix = swept(6.0)[:, :n_samples]
    path = m4a_of(streamed(mix, tmp_path / "s"), mix, tmp_path / "mix.m4a")
    assert decoded(path).shape[1] == length_of(path) == n_samples


def test_frames_in_an_m4a_are_those_put_in(tmp_path: Path) -> None:
    mix = mix_of()
    frames = streamed(mix, tmp_path / "s")
    path = m4a_of(frames, mix, tmp_path / "mix.m4a")
    assert extract_frames(path, tmp_path / "out.aac", FFMPEG).path.read_bytes() == (
        frames.path.read_bytes()
    )


def changed_at(mix: Samples, at: int) -> Samples:
    other = mix.copy()
    other[:, at : at + SR // 2] = noise(0.5, seed=9, rms_db=-20)
    return other


def test_unchanged_segments_are_taken_from_the_base(tmp_path: Path) -> None:
    mix = mix_of()
    base = BaseAac(streamed(mix, tmp_path / "first"), LENGTH, hash_of(mix))
    other = changed_at(mix, 4 * SR)  # within the second segment of three seconds
    anew = streamed(other, tmp_path / "anew")
    (tmp_path / "again").mkdir()
    again = AacSegments(LENGTH, ARGUMENTS, FFMPEG, tmp_path / "again", hash_of(other), base)
    assert [segment.first for segment in again.missing] == [129]
    for segment in again.missing:
        again.encode(segment, play_of(other), lambda _: None)
    assert again.join(tmp_path / "again.aac").path.read_bytes() == anew.path.read_bytes()


def test_longer_mix_takes_only_its_beginning_from_the_base(tmp_path: Path) -> None:
    mix = mix_of()
    base = BaseAac(streamed(mix[:, : 8 * SR], tmp_path / "first"), 8 * SR, hash_of(mix))
    again = AacSegments(LENGTH, ARGUMENTS, FFMPEG, tmp_path, hash_of(mix), base)
    assert [segment.first for segment in again.missing] == [258, 387]


def test_finished_segments_are_not_encoded_again(tmp_path: Path) -> None:
    """As after a kill during the third segment."""
    mix = mix_of()
    segments = AacSegments(LENGTH, ARGUMENTS, FFMPEG, tmp_path, hash_of(mix))
    with pytest.raises(KeyboardInterrupt), segments.from_stream() as encode:
        for at in range(0, LENGTH, BLOCK):
            encode(mix[:, at : at + BLOCK])
            if at > 6.5 * SR:
                raise KeyboardInterrupt
    again = AacSegments(LENGTH, ARGUMENTS, FFMPEG, tmp_path, hash_of(mix))
    assert [segment.first for segment in again.missing] == [258, 387]
    assert not list(tmp_path.glob("*.part"))
    joined = streamed(mix, tmp_path, hashed=True).path.read_bytes()
    assert joined == streamed(mix, tmp_path / "anew").path.read_bytes()


def test_changed_frames_measure_as_the_whole_file(tmp_path: Path) -> None:
    mix = mix_of()
    other = changed_at(mix, 4 * SR)
    frames = [streamed(one, tmp_path / name) for one, name in ((other, "new"), (mix, "base"))]
    paths = [
        m4a_of(one, mix, tmp_path / f"{name}.m4a")
        for one, name in zip(frames, ("new", "base"), strict=True)
    ]
    new, known = (measure_file(one, ffmpeg=FFMPEG, progress=lambda _: None) for one in paths)
    done: list[int] = []
    change = Change(frames[0], frames[1], LENGTH)
    found = measure_change(change, known, AAC, ffmpeg=FFMPEG, progress=done.append)
    assert done[-1] == found.n_samples == LENGTH
    assert np.array_equal(found.peaks, new.peaks)
    assert np.array_equal(found.true_peaks, new.true_peaks)
    # The filter's state, in float32, is rounded differently: 0.0001 dB.
    assert found.energies == pytest.approx(new.energies, rel=2e-5)
    assert not np.array_equal(found.peaks, known.peaks)


def test_other_data_than_frames_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.aac"
    path.write_bytes(streamed(mix_of()[:, :SR], tmp_path / "s").path.read_bytes()[:-1])
    with pytest.raises(ToolFailed):
        AdtsFrames.of(path)
    path.write_bytes(b"no frames at all")
    with pytest.raises(ToolFailed):
        AdtsFrames.of(path)


def test_too_few_frames_are_refused(tmp_path: Path) -> None:
    frames = streamed(mix_of()[:, :SR], tmp_path / "s")
    with pytest.raises(ToolFailed):
        frames.read(0, frames.n_frames + 1)
