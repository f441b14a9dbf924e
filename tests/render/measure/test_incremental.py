"""Incremental measurement gives the figures of decoding the whole file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.render.measure import incremental
from backend.app.render.measure.finished_file import (
    Measured,
    load_measured,
    measure_file,
    save_measured,
)
from backend.app.render.measure.incremental import BaseFile, measure_incremental
from backend.app.render.mp3.info_frame import V0, Mp3Mode
from tests.render.mixes import FFMPEG, babble, chord, encode_mp3, joined, play_of
from tests.sounds import SR, clicks, noise

MODES = pytest.mark.parametrize("mode", [Mp3Mode(320), V0], ids=["320k", "V0"])


@cache
def music() -> Samples:
    return clicks(12, 0.31, peak=0.4) + chord(12) * np.float32(0.5) + babble(12) * np.float32(0.3)


def written(path: Path, mix: Samples, mode: Mp3Mode) -> Path:
    segments = path.with_suffix(".segments")
    segments.mkdir()
    encode_mp3(
        play_of(mix),
        length=mix.shape[1],
        out=path,
        mode=mode,
        segments=segments,
    )
    return path


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mp3Mode], BaseFile]:
    """Return the music as a measured file, encoded once in each mode."""

    @cache
    def base(mode: Mp3Mode) -> BaseFile:
        path = written(tmp_path_factory.mktemp("base") / "old.mp3", music(), mode)
        return BaseFile(path, measured(path))

    return base


def measured(path: Path) -> Measured:
    return measure_file(path, ffmpeg=FFMPEG, progress=lambda _: None)


def louder(mix: Samples, from_s: float, to_s: float) -> Samples:
    other = mix.copy()
    other[:, round(from_s * SR) : round(to_s * SR)] *= np.float32(1.4)
    return other


EDITS = {
    "in the middle": lambda mix: louder(mix, 5.0, 6.7),
    "at the start": lambda mix: louder(mix, 0.0, 0.5),
    "at the end": lambda mix: louder(mix, 11.8, 12.0),
    "nowhere": lambda mix: mix,
    "everywhere": lambda mix: noise(12, seed=5),
    "longer": lambda mix: joined(mix[:, : 5 * SR], noise(1.23, seed=3), mix[:, 5 * SR :]),
    "shorter": lambda mix: mix[:, : 7 * SR + 345],
}


@MODES
@pytest.mark.parametrize("edit", EDITS)
def test_incremental_figures_equal_those_of_a_full_decode(
    edit: str, mode: Mp3Mode, bases: Callable[[Mp3Mode], BaseFile], tmp_path: Path
) -> None:
    new = written(tmp_path / "new.mp3", EDITS[edit](music()), mode)
    progress: list[int] = []
    found = measure_incremental(new, bases(mode), ffmpeg=FFMPEG, progress=progress.append)
    whole = measured(new)
    assert found.n_samples == whole.n_samples == progress[-1]
    # A stretch decodes to the same samples as in the whole file.
    np.testing.assert_array_equal(found.peaks, whole.peaks)
    np.testing.assert_array_equal(found.true_peaks, whole.true_peaks)
    # The filter runs in 32 bits, so its rounding depends on where it starts. 1e-5 is 0.00004 LU.
    np.testing.assert_allclose(found.energies, whole.energies, rtol=1e-5)
    assert found.loudness_lufs == pytest.approx(whole.loudness_lufs, abs=0.001)
    assert found.true_peak_dbtp == whole.true_peak_dbtp


def test_only_changed_sound_is_decoded(
    bases: Callable[[Mp3Mode], BaseFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = written(tmp_path / "new.mp3", louder(music(), 5.0, 6.0), Mp3Mode(320))
    decoded_samples: list[int] = []
    decode = incremental.decoded

    def counted(*args, **options):
        for block in decode(*args, **options):
            decoded_samples.append(block.shape[1])
            yield block

    monkeypatch.setattr(incremental, "decoded", counted)
    measure_incremental(new, bases(Mp3Mode(320)), ffmpeg=FFMPEG, progress=lambda _: None)
    assert (
        SR < sum(decoded_samples) < 4 * SR
    )  # the second, one before it, one after it, and part of a block


def test_file_shorter_than_stated_is_reported(
    bases: Callable[[Mp3Mode], BaseFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = bases(V0)
    monkeypatch.setattr(incremental, "sample_count", lambda info, n_frames: 25 * SR)
    with pytest.raises(ToolFailed):
        measure_incremental(base.path, base, ffmpeg=FFMPEG, progress=lambda _: None)


def test_saved_figures_load_again_and_damaged_ones_are_none(
    bases: Callable[[Mp3Mode], BaseFile], tmp_path: Path
) -> None:
    found = bases(V0).measured
    save_measured(found, tmp_path / "saved.npz")
    again = load_measured(tmp_path / "saved.npz")
    assert again is not None
    assert (again.loudness_lufs, again.n_samples) == (found.loudness_lufs, found.n_samples)
    np.testing.assert_array_equal(again.energies, found.energies)
    whole = (tmp_path / "saved.npz").read_bytes()
    (tmp_path / "saved.npz").write_bytes(whole[: len(whole) // 2])
    assert load_measured(tmp_path / "saved.npz") is None
    assert load_measured(tmp_path / "nothing.npz") is None
