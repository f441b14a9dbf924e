"""A mix encoded again after an edit: the bytes of encoding it anew, at a part of the cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.render import mp3_segments
from backend.app.render.mp3 import Cutting, encode_mp3
from backend.app.render.mp3_info import V0, Mp3Mode
from backend.app.render.mp3_reuse import EarlierMp3
from backend.app.render.mp3_segments import GRID_FRAMES, SEGMENT_FRAMES, Segment, cut_again
from tests.render.mixes import FFMPEG, babble, chord, joined, play_of, untagged
from tests.sounds import SR, clicks, noise, silence

CBR = Mp3Mode(320)
FINE = Cutting(segment_frames=4 * GRID_FRAMES, cell_frames=GRID_FRAMES)  # cells of 1.3 s


def key_of(mix: Samples) -> Callable[[int, int], str]:
    return lambda start, end: f"{start} {end} {hash(mix[:, start:end].tobytes())}"


def encoded(
    folder: Path,
    mix: Samples,
    mode: Mp3Mode = CBR,
    earlier: EarlierMp3 | None = None,
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
        ffmpeg=FFMPEG,
        segment_key=key or key_of(mix),
        earlier=earlier,
        tags=untagged(mix),
        cutting=FINE,
    )
    return (folder / "mix.mp3").read_bytes()


def music() -> Samples:
    return clicks(24, 0.31, peak=0.4) + chord(24) * np.float32(0.5) + babble(24) * np.float32(0.3)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the blocks that encoders were fed."""
    fed: list[int] = []
    encode = mp3_segments.encode_with_ffmpeg

    def counted(ffmpeg, blocks, *args, **options) -> None:
        def counting():
            for block in blocks:
                fed.append(block.shape[1])
                yield block

        encode(ffmpeg, counting(), *args, **options)

    monkeypatch.setattr(mp3_segments, "encode_with_ffmpeg", counted)
    return fed


def edited(mix: Samples) -> Samples:
    """Two seconds in the middle at half their level."""
    other = mix.copy()
    other[:, 11 * SR : 13 * SR] *= np.float32(0.5)
    return other


@pytest.mark.parametrize(("mode", "workers"), [(CBR, 2), (V0, 2), (CBR, 1)], ids=str)
def test_an_edit_costs_its_own_seconds_and_gives_the_bytes_of_encoding_anew(
    mode: Mp3Mode, workers: int, tmp_path: Path, heard: list[int]
) -> None:
    mix = music()
    anew = encoded(tmp_path / "anew", edited(mix), mode)
    encoded(tmp_path / "first", mix, mode)
    heard.clear()
    with EarlierMp3(tmp_path / "first/mix.mp3", mix.shape[1], key_of(mix)) as earlier:
        assert encoded(tmp_path / "again", edited(mix), mode, earlier, workers) == anew
    # three cells in which the edit lies, one that warms up on it, and for each worker a warm-up
    # and a look ahead
    assert 2 * SR < sum(heard) <= 1152 * ((4 + workers) * GRID_FRAMES + 2 * workers)


def test_where_the_length_changes_what_lies_before_is_taken_over(
    tmp_path: Path, heard: list[int]
) -> None:
    mix = music()
    longer = joined(mix[:, : 15 * SR], noise(1.0, seed=3), mix[:, 15 * SR :])
    anew = encoded(tmp_path / "anew", longer)
    shorter_anew = encoded(tmp_path / "shorter anew", mix[:, : 17 * SR])
    encoded(tmp_path / "first", mix)
    heard.clear()
    with EarlierMp3(tmp_path / "first/mix.mp3", mix.shape[1], key_of(mix)) as earlier:
        assert encoded(tmp_path / "longer", longer, earlier=earlier) == anew
        # ten seconds are new, cut into three or four that warm up for 1.3 s each
        assert 10 * SR < sum(heard) < 17 * SR
        heard.clear()
        assert encoded(tmp_path / "shorter", mix[:, : 17 * SR], earlier=earlier) == shorter_anew
        assert sum(heard) < 4 * SR


def test_after_an_edit_that_ends_in_silence_encoders_start_earlier_not_wrong(
    tmp_path: Path,
) -> None:
    mix = joined(noise(9, seed=1), silence(4), noise(9, seed=2))
    other = mix.copy()
    other[:, 8 * SR : 9 * SR] *= np.float32(0.25)
    encoded(tmp_path / "first", mix)
    with EarlierMp3(tmp_path / "first/mix.mp3", mix.shape[1], key_of(mix)) as earlier:
        again = encoded(tmp_path / "again", other, earlier=earlier)
    assert again == encoded(tmp_path / "anew", other)


def test_hashes_that_call_alike_what_is_not_are_found_out_by_the_frames(tmp_path: Path) -> None:
    mix, other = noise(12, seed=1), noise(12, seed=2)

    def lying(truth: Samples) -> Callable[[int, int], str]:
        """As if the two differed in the first three seconds alone."""
        return lambda start, end: "" if start >= 3 * SR else key_of(truth)(start, end)

    encoded(tmp_path / "first", mix)
    with EarlierMp3(tmp_path / "first/mix.mp3", mix.shape[1], lying(mix)) as earlier:
        again = encoded(tmp_path / "again", other, earlier=earlier, key=lying(other))
    assert again == encoded(tmp_path / "anew", other)


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no frames at all" * 100)
    with pytest.raises(ToolFailed):
        EarlierMp3(tmp_path / "a.mp3", SR, lambda a, b: "")


def test_cells_of_a_kind_become_segments_and_the_workers_share_the_rest() -> None:
    def stands(cell: Segment) -> bool:
        return not 10 <= cell.index < 14

    segments = cut_again(300 * SR, workers=2, stands=stands)
    cell = 8 * GRID_FRAMES
    assert [one.first // cell for one in segments] == [0, 5, 10, 12, 14, 19, 24, 29]
    assert segments[-1].frames is None
    assert all(one.frames is None or one.frames <= SEGMENT_FRAMES for one in segments)
    ends = [one.first + one.frames for one in segments[:-1] if one.frames]
    assert ends == [one.first for one in segments[1:]]
