from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.result_files import save_json
from backend.app.analysis.sources.stem import (
    BANDS_HZ,
    CHROMA_RATE,
    LEVEL_RATE,
    VERSION,
    analyse_stem,
    load_facts,
)
from backend.app.dsp.samples import SAMPLE_RATE
from tests.sounds import noise


def tone(hz: float, seconds: float, gain: float = 0.3) -> np.ndarray:
    wave = gain * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.stack([wave, wave]).astype(np.float32)


def rest(seconds: float) -> np.ndarray:
    return np.zeros((2, round(seconds * SAMPLE_RATE)), np.float32)


def test_levels_locate_singing_within_20_ms() -> None:
    sound = np.concatenate([rest(1.0), tone(440.0, 1.5), rest(1.0)], axis=1)
    levels = np.array(analyse_stem("vocals", [sound]).levels_db)
    sings = np.flatnonzero(levels > -40)
    # The window is 46 ms long, so a level rises up to half of that before the sound does.
    assert sings[0] / LEVEL_RATE == pytest.approx(1.0, abs=0.04)
    assert sings[-1] / LEVEL_RATE == pytest.approx(2.5, abs=0.04)
    # A sine of 0.3 has an RMS of -13.5 dB; levels are rounded to whole dB.
    assert np.median(levels[sings]) == pytest.approx(-13.5, abs=1.0)


def test_a_kick_that_shines_through_is_no_voice() -> None:
    kick = tone(60.0, 2.0)
    # The tone clicks where it starts and stops abruptly, and clicks contain all frequencies.
    assert max(analyse_stem("vocals", [kick]).levels_db[5:-5]) < -60
    assert max(analyse_stem("drums", [kick]).levels_db[5:-5]) > -15


def test_silent_stem_is_marked_silent() -> None:
    facts = analyse_stem("other", [rest(3.0)])
    assert facts.silent
    assert facts.loudness_lufs == -70.0
    assert facts.chroma == []
    assert facts.harmony.key is None
    # Hiss at -72 dB, as a separator leaves it while an instrument does not play.
    assert analyse_stem("other", [noise(3.0, seed=1) * np.float32(1e-4)]).silent
    assert not analyse_stem("other", [tone(440.0, 3.0)]).silent


@pytest.mark.parametrize(("gain_db", "silent"), [(-58.0, False), (-62.0, True)])
def test_stem_under_minus_60_lufs_is_silent(gain_db, silent) -> None:
    # A tone of 997 Hz at 0 dBFS in both channels measures 0 LUFS.
    facts = analyse_stem("other", [tone(997.0, 1.0, gain=10 ** (gain_db / 20))])
    assert facts.loudness_lufs == pytest.approx(gain_db, abs=0.1)
    assert facts.silent == silent
    assert (facts.harmony.key is None) or not silent


def test_bands_and_centroid_say_where_in_the_spectrum_a_stem_plays() -> None:
    low, high = analyse_stem("bass", [tone(50.0, 2.0)]), analyse_stem("other", [tone(1500.0, 2.0)])
    assert int(np.argmax(low.bands)) == 0
    band = int(np.argmax(high.bands))
    assert BANDS_HZ[band] <= 1500.0 < BANDS_HZ[band + 1]
    assert sum(high.bands) == pytest.approx(1.0, abs=0.01)
    assert high.centroid_hz == pytest.approx(1500.0, rel=0.03)


def test_chroma_follows_the_notes() -> None:
    facts = analyse_stem("other", [np.concatenate([tone(440.0, 3.0), tone(261.63, 3.0)], axis=1)])
    first, second = (np.array(facts.chroma)[round(at * CHROMA_RATE)] for at in (1.5, 4.5))
    # the strongest pitch class is A, then C
    assert (int(first.argmax()), int(second.argmax())) == (9, 0)


def test_any_blocking_gives_the_same_facts() -> None:
    sound = np.concatenate([tone(220.0, 1.0), noise(1.0, seed=3), rest(0.5)], axis=1)
    pieces = np.array_split(sound, 13, axis=1)
    whole, parts = analyse_stem("other", [sound]), analyse_stem("other", pieces)
    assert parts.levels_db == whole.levels_db
    assert parts.chroma == whole.chroma


def test_progress_reports_seconds() -> None:
    told: list[float] = []
    analyse_stem("drums", [rest(1.0), rest(1.0)], told.append)
    assert told == [1.0, 2.0]


def test_facts_are_saved_and_damaged_or_old_ones_ignored(tmp_path) -> None:
    facts, path = analyse_stem("vocals", [tone(440.0, 1.0)]), tmp_path / "facts.json"
    assert load_facts(path) is None
    save_json(facts, path)
    assert load_facts(path) == facts
    path.write_text(facts.model_dump_json()[:100])
    assert load_facts(path) is None
    older = facts.model_copy(update={"version": VERSION - 1})
    save_json(older, path)
    assert load_facts(path) is None
