"""The normal form keeps samples exactly, and any stretch can be read."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from backend.app.errors import InvalidAudioError
from backend.app.media.normal_form import TrackReader, write_normal_form

from .media_factory import music


@pytest.fixture
def track(tmp_path: Path) -> tuple[Path, np.ndarray]:
    path, samples = tmp_path / "t.flac", music(5.0).T
    write_normal_form(path, samples, bits=24)
    return path, np.round(samples * 2.0**23) / np.float32(2**23)


def test_any_stretch_is_read_to_the_sample(track: tuple[Path, np.ndarray]) -> None:
    path, samples = track
    rng = np.random.default_rng(7)
    with TrackReader(path) as reader:
        assert reader.n_samples == samples.shape[1]
        for start in [0, 4095, 4096, 1, reader.n_samples - 1, *rng.integers(0, 200_000, 40)]:
            n = int(min(rng.integers(1, 20_000), reader.n_samples - start))
            assert np.array_equal(reader.read(int(start), n), samples[:, start : start + n])


def test_reading_block_by_block_gives_the_same_samples(track: tuple[Path, np.ndarray]) -> None:
    path, samples = track
    with TrackReader(path) as reader:
        blocks = [reader.read(start, 1000) for start in range(0, 50_000, 1000)]
    assert np.array_equal(np.concatenate(blocks, axis=1), samples[:, :50_000])


def test_block_is_a_view_of_interleaved_memory(track: tuple[Path, np.ndarray]) -> None:
    with TrackReader(track[0]) as reader:
        block = reader.read(100, 64)
    assert (block.shape, block.dtype) == ((2, 64), np.float32)
    assert block.T.flags.c_contiguous


@pytest.mark.parametrize(("start", "n"), [(-1, 5), (0, 220_501), (220_500, 1), (5, -1)])
def test_stretch_outside_of_the_track_is_rejected(
    start: int, n: int, track: tuple[Path, np.ndarray]
) -> None:
    with TrackReader(track[0]) as reader, pytest.raises(InvalidAudioError):
        reader.read(start, n)


def test_empty_stretch_at_the_end_is_read(track: tuple[Path, np.ndarray]) -> None:
    with TrackReader(track[0]) as reader:
        assert reader.read(reader.n_samples, 0).shape == (2, 0)


def test_threads_with_their_own_readers_read_the_same(track: tuple[Path, np.ndarray]) -> None:
    path, samples = track
    wrong: list[int] = []

    def read_all(seed: int) -> None:
        with TrackReader(path) as reader:
            for start in np.random.default_rng(seed).integers(0, 200_000, 20):
                if not np.array_equal(
                    reader.read(int(start), 500), samples[:, start : start + 500]
                ):
                    wrong.append(int(start))

    threads = [threading.Thread(target=read_all, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("bits", [16, 24])
def test_samples_beyond_full_scale_are_clipped(bits: int, tmp_path: Path) -> None:
    path = tmp_path / "t.flac"
    write_normal_form(path, np.array([[1.0, -1.0, 2.0, -2.0, 0.0]] * 2, np.float32), bits)
    with TrackReader(path) as reader:
        top = 1.0 - 2.0 ** (1 - bits)
        assert reader.read(0, 5)[0].tolist() == [top, -1.0, top, -1.0, 0.0]


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_normal_form(tmp_path / name, music(2.0).T)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
