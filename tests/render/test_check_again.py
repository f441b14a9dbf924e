"""A file of which a part is new: what is measured of it is what decoding it all gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.render import check_again
from backend.app.render.check import Measured, load_measured, measure_file, save_measured
from backend.app.render.check_again import Before, measure_again
from backend.app.render.mp3 import encode_mp3
from backend.app.render.mp3_info import V0, Mp3Mode
from tests.render.mixes import FFMPEG, babble, chord, joined, play_of, untagged
from tests.sounds import SR, clicks, noise

MODES = pytest.mark.parametrize("mode", [Mp3Mode(320), V0], ids=["320k", "V0"])


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
        workers=2,
        segments=segments,
        ffmpeg=FFMPEG,
        tags=untagged(mix),
    )
    return path


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
def test_what_is_measured_anew_is_what_decoding_it_all_gives(
    edit: str, mode: Mp3Mode, tmp_path: Path
) -> None:
    old = written(tmp_path / "old.mp3", music(), mode)
    new = written(tmp_path / "new.mp3", EDITS[edit](music()), mode)
    before = Before(old, measured(old))
    told: list[int] = []
    found = measure_again(new, before, ffmpeg=FFMPEG, progress=told.append)
    whole = measured(new)
    assert found.n_samples == whole.n_samples == told[-1]
    # A stretch decodes to the very samples that it has in the whole.
    np.testing.assert_array_equal(found.peaks, whole.peaks)
    np.testing.assert_array_equal(found.true_peaks, whole.true_peaks)
    # The filter runs in 32 bits: its rounding differs from where it starts. 1e-5 is 0.00004 LU.
    np.testing.assert_allclose(found.energies, whole.energies, rtol=1e-5)
    assert found.loudness_lufs == pytest.approx(whole.loudness_lufs, abs=0.001)
    assert found.true_peak_dbtp == whole.true_peak_dbtp


def test_only_what_changed_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mode = Mp3Mode(320)
    old = written(tmp_path / "old.mp3", music(), mode)
    new = written(tmp_path / "new.mp3", louder(music(), 5.0, 6.0), mode)
    before = Before(old, measured(old))
    heard: list[int] = []
    decode = check_again.decoded

    def counted(*args, **options):
        for block in decode(*args, **options):
            heard.append(block.shape[1])
            yield block

    monkeypatch.setattr(check_again, "decoded", counted)
    measure_again(new, before, ffmpeg=FFMPEG, progress=lambda _: None)
    assert SR < sum(heard) < 4 * SR  # the second, one before it, one after it, and part of a block


def test_a_file_that_ends_too_early_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = written(tmp_path / "old.mp3", music(), V0)
    before = Before(old, measured(old))
    monkeypatch.setattr(check_again, "samples_told", lambda info, n_frames: 25 * SR)
    with pytest.raises(ToolFailed):
        measure_again(old, before, ffmpeg=FFMPEG, progress=lambda _: None)


def test_figures_survive_being_kept_and_torn_ones_are_none(tmp_path: Path) -> None:
    found = measured(written(tmp_path / "a.mp3", music(), V0))
    save_measured(found, tmp_path / "kept.npz")
    again = load_measured(tmp_path / "kept.npz")
    assert again is not None
    assert (again.loudness_lufs, again.n_samples) == (found.loudness_lufs, found.n_samples)
    np.testing.assert_array_equal(again.energies, found.energies)
    whole = (tmp_path / "kept.npz").read_bytes()
    (tmp_path / "kept.npz").write_bytes(whole[: len(whole) // 2])
    assert load_measured(tmp_path / "kept.npz") is None
    assert load_measured(tmp_path / "nothing.npz") is None
