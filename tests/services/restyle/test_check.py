"""A restyle is measured once, and encoded again if its encoder raised peaks too far."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_checks.levels import true_peak_db
from backend.app.render.files.formats import CEILINGS_DBTP
from backend.app.services.files import check_finished, correct_peaks
from backend.app.services.restyle import report as restyle_report

from ..restyle_jobs import melody_harness, report_of, restyled, whole
from ..stems_harness import StemsHarness

LIMIT_DBTP = -9.0
"""A limit over which the melody's peaks are, at -6 dBFS."""


@pytest.fixture
def melody(tmp_path: Path) -> StemsHarness:
    return melody_harness(tmp_path)


def test_mp3_over_the_limit_is_encoded_again(
    melody: StemsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = melody.put(whole(melody))
    [before] = report_of(restyled(melody, track, {}, format="mp3")).files
    assert (before.ceiling_dbtp, before.gain_shift_db) == (CEILINGS_DBTP["mp3"], 0.0)
    for module in (check_finished, correct_peaks):
        monkeypatch.setattr(module, "TRUE_PEAK_LIMIT_DBTP", LIMIT_DBTP)
    ran = restyled(melody, track, {}, format="mp3")
    [file] = report_of(ran).files
    assert file.ceiling_dbtp < LIMIT_DBTP
    assert file.true_peak_dbtp == report_of(ran).true_peak_dbtp <= LIMIT_DBTP
    # The accuracy of the forecast from which the level is computed.
    assert file.loudness_lufs == pytest.approx(before.loudness_lufs, abs=0.5)
    assert file.gain_shift_db > 0.5
    over_db = before.true_peak_dbtp + file.gain_shift_db - file.ceiling_dbtp
    # The encoder moves peaks by tenths of a dB, and the report is rounded to tenths.
    assert report_of(ran).limited_db == pytest.approx(over_db, abs=0.3)
    mix = ran.sound("restyled.mp3")
    assert mix.shape[1] == track.n_samples
    # A different oversampling filter measures up to a few tenths of a dB more or less.
    assert true_peak_db(mix) == pytest.approx(file.true_peak_dbtp, abs=0.3)
    assert not any("true peak" in note for note in ran.notes)


def test_lossless_restyle_is_not_decoded(
    melody: StemsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(restyle_report, "measure_file", refuse)
    ran = restyled(melody, melody.put(whole(melody)), {}, format="wav")
    assert ran.done, ran.failure
    peak_dbtp = true_peak_db(ran.sound("restyled.wav"))
    assert report_of(ran).true_peak_dbtp == pytest.approx(peak_dbtp, abs=0.3)
