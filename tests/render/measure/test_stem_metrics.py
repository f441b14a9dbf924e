"""Stems are measured separately, and their sum is compared with the track."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.errors import ToolFailed
from backend.app.render.measure import stem_metrics
from backend.app.render.measure.stem_metrics import BINS_PER_S, FLOOR_DB, measure_stems
from tests.sounds import SR, silence, sine


class Track:
    def __init__(self, sound: Samples) -> None:
        self._sound, self.n_samples = sound, sound.shape[1]

    def read(self, start: int, n: int) -> Samples:
        return self._sound[:, start : start + n]


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch):
    """Measure stems, decoded in blocks of half a second, against a track."""

    def measured(track: Samples, *stems: Samples, gain: float = 1.0):
        blocks = {
            f"file:{k}": [stem[:, at : at + SR // 2] for at in range(0, stem.shape[1], SR // 2)]
            for k, stem in enumerate(stems)
        }
        monkeypatch.setattr(stem_metrics, "decoded", lambda source, _: iter(blocks[source]))
        files = [Path(str(k)) for k in range(len(stems))]
        return measure_stems(files, Track(track), gain, ffmpeg=Path("ffmpeg"), count=lambda _: None)

    return measured


TONE = sine(1.0, 1000, peak_db=-20.0)


def test_each_stem_has_its_loudness_and_peaks(measure) -> None:
    quiet = TONE * np.float32(0.1)
    quiet[:, SR // 2 :] *= np.float32(0.5)
    (loud, soft), _ = measure(TONE, TONE, quiet)
    # EBU Tech 3341: a stereo sine of 1 kHz measures its peak's level.
    assert loud.loudness_lufs == pytest.approx(-20.0, abs=0.1)
    assert (loud.peak_dbfs, soft.peak_dbfs) == pytest.approx((-20.0, -40.0), abs=0.01)
    assert len(soft.peaks) == BINS_PER_S == 20
    assert soft.peaks == pytest.approx([0.01] * 10 + [0.005] * 10, rel=0.01)


def test_silent_stem_has_no_loudness_and_the_lowest_level(measure) -> None:
    (_, silent), left_db = measure(TONE, TONE, silence(1.0))
    assert silent.loudness_lufs is None
    # One step of 24 bits.
    assert silent.peak_dbfs == left_db == FLOOR_DB == pytest.approx(-6.02 * 24, abs=0.5)


@pytest.mark.parametrize(("share", "left_db"), [(0.9, -20.0), (0.99, -40.0), (0.0, 0.0)])
def test_sum_of_stems_is_compared_with_the_track(measure, share: float, left_db: float) -> None:
    _, found = measure(TONE, TONE * np.float32(share))
    assert found == pytest.approx(left_db, abs=0.01)


def test_track_gets_the_gain_of_the_files(measure) -> None:
    _, left_db = measure(TONE, TONE * np.float32(0.5), gain=0.5)
    assert left_db == FLOOR_DB


def test_stems_of_a_silent_track_are_all_left_over(measure) -> None:
    assert measure(silence(1.0), TONE)[1] == 0.0


@pytest.mark.parametrize("stems", [(TONE, TONE[:, : SR // 2]), (TONE[:, : SR // 2],) * 2])
def test_stem_of_another_length_is_an_error(measure, stems: tuple[Samples, ...]) -> None:
    with pytest.raises(ToolFailed, match="length differs"):
        measure(TONE, *stems)
