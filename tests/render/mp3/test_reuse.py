"""A re-rendered MP3 copies unchanged frames from the base mix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.render.mp3 import segments as mp3_segments
from backend.app.render.mp3.info_frame import V0, Mp3Mode
from backend.app.render.mp3.reuse import BaseMp3
from backend.app.render.mp3.segments import (
    GRID_FRAMES,
    SEGMENT_FRAMES,
    Segment,
    cut_around_changes,
)
from tests.render.mixes import babble, chord, encode_mp3, joined, play_of
from tests.sounds import SR, clicks, noise, silence

CBR = Mp3Mode(320)
FINE = {"segment_frames": 4 * GRID_FRAMES, "cell_frames": GRID_FRAMES}  # cells of 1.3 s


def sound_hash(mix: Samples) -> Callable[[int, int], str]:
    return lambda start, end: f"{start} {end} {hash(mix[:, start:end].tobytes())}"


def encoded(
    folder: Path,
    mix: Samples,
    mode: Mp3Mode = CBR,
    base: BaseMp3 | None = None,
    workers: int = 2,
    key: Callable[[int, int], str] | None = None,
) -> bytes:
    (folder / "segments").mkdir(parents=True)
    encode_mp3(
        play_of(mix),
        length=mix.shape[1],
        out=folder / "mix.mp3",
        mode=mode,
        workers=workers,
        segments=folder / "segments",
        segment_key=key or sound_hash(mix),
        base=base,
        sizes=FINE,
    )
    return (folder / "mix.mp3").read_bytes()


def music() -> Samples:
    return clicks(16, 0.31, peak=0.4) + chord(16) * np.float32(0.5) + babble(16) * np.float32(0.3)


@pytest.fixture
def encoded_samples(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the blocks that were piped to encoders."""
    sizes: list[int] = []
    encode = mp3_segments.encode_with_ffmpeg

    def counted(ffmpeg, blocks, *args, **options) -> None:
        def counting():
            for block in blocks:
                sizes.append(block.shape[1])
                yield block

        encode(ffmpeg, counting(), *args, **options)

    monkeypatch.setattr(mp3_segments, "encode_with_ffmpeg", counted)
    return sizes


def edited(mix: Samples) -> Samples:
    """Two seconds in the middle at half their level."""
    other = mix.copy()
    other[:, 7 * SR : 9 * SR] *= np.float32(0.5)
    return other


@pytest.mark.parametrize(("mode", "workers"), [(CBR, 2), (V0, 2), (CBR, 1)], ids=str)
def test_edit_encodes_only_its_seconds_and_gives_the_same_bytes(
    mode: Mp3Mode, workers: int, tmp_path: Path, encoded_samples: list[int]
) -> None:
    mix = music()
    anew = encoded(tmp_path / "anew", edited(mix), mode)
    encoded(tmp_path / "first", mix, mode)
    encoded_samples.clear()
    with BaseMp3(tmp_path / "first/mix.mp3", mix.shape[1], sound_hash(mix)) as base:
        assert encoded(tmp_path / "again", edited(mix), mode, base, workers) == anew
    # The edit's three cells, one for warm-up after it, and a warm-up and look-ahead for each
    # worker.
    assert 2 * SR < sum(encoded_samples) <= 1152 * ((4 + workers) * GRID_FRAMES + 2 * workers)


def test_change_of_length_reuses_frames_before_it(
    tmp_path: Path, encoded_samples: list[int]
) -> None:
    mix = music()
    longer = joined(mix[:, : 9 * SR], noise(1.0, seed=3), mix[:, 9 * SR :])
    anew = encoded(tmp_path / "anew", longer)
    shorter_anew = encoded(tmp_path / "shorter anew", mix[:, : 11 * SR])
    encoded(tmp_path / "first", mix)
    encoded_samples.clear()
    with BaseMp3(tmp_path / "first/mix.mp3", mix.shape[1], sound_hash(mix)) as base:
        assert encoded(tmp_path / "longer", longer, base=base) == anew
        # Eight seconds are new, cut into three or four segments with 1.3 s of warm-up each.
        assert 8 * SR < sum(encoded_samples) < 15 * SR
        encoded_samples.clear()
        assert encoded(tmp_path / "shorter", mix[:, : 11 * SR], base=base) == shorter_anew
        assert sum(encoded_samples) < 4 * SR


def test_edit_before_silence_gives_the_bytes_of_a_full_encode(
    tmp_path: Path,
) -> None:
    mix = joined(noise(5, seed=1), silence(4), noise(5, seed=2))
    other = mix.copy()
    other[:, 4 * SR : 5 * SR] *= np.float32(0.25)
    encoded(tmp_path / "first", mix)
    with BaseMp3(tmp_path / "first/mix.mp3", mix.shape[1], sound_hash(mix)) as base:
        again = encoded(tmp_path / "again", other, base=base)
    assert again == encoded(tmp_path / "anew", other)


def test_wrongly_equal_hashes_are_detected_by_comparing_frames(tmp_path: Path) -> None:
    mix, other = noise(8, seed=1), noise(8, seed=2)

    def wrong_hash(sound: Samples) -> Callable[[int, int], str]:
        """Hashes that differ only in the first three seconds."""
        return lambda start, end: "" if start >= 3 * SR else sound_hash(sound)(start, end)

    encoded(tmp_path / "first", mix)
    with BaseMp3(tmp_path / "first/mix.mp3", mix.shape[1], wrong_hash(mix)) as base:
        again = encoded(tmp_path / "again", other, base=base, key=wrong_hash(other))
    assert again == encoded(tmp_path / "anew", other)


def test_file_without_our_frames_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no frames at all" * 100)
    with pytest.raises(ToolFailed):
        BaseMp3(tmp_path / "a.mp3", SR, lambda a, b: "")


def test_unchanged_cells_are_merged_and_changed_ones_shared_by_workers() -> None:
    def is_unchanged(cell: Segment) -> bool:
        return not 10 <= cell.index < 14

    segments = cut_around_changes(300 * SR, workers=2, is_unchanged=is_unchanged)
    cell = 8 * GRID_FRAMES
    assert [one.first // cell for one in segments] == [0, 5, 10, 12, 14, 19, 24, 29]
    assert segments[-1].frames is None
    assert all(one.frames is None or one.frames <= SEGMENT_FRAMES for one in segments)
    ends = [one.first + one.frames for one in segments[:-1] if one.frames]
    assert ends == [one.first for one in segments[1:]]
