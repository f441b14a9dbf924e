from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile, measure_loudness
from backend.app.analysis.result_files import load_json, save_json
from backend.app.analysis.structure.bounds import music_bounds_s
from backend.app.analysis.track import VERSION, analyse
from backend.app.contract.analysis import TrackAnalysis
from backend.app.dsp.samples import Samples
from tests.analysis.analysed_songs import song
from tests.sounds import SR, noise, silence, sine


def blocks(sound: Samples, size: int = 100_001) -> Iterator[Samples]:
    return (sound[:, i : i + size] for i in range(0, sound.shape[1], size))


@pytest.fixture(scope="module")
def heard() -> tuple[TrackAnalysis, LoudnessProfile]:
    return analyse(blocks(song("house", 7, "A minor", 45.0).samples))


def test_one_pass_fills_the_whole_analysis(heard: tuple[TrackAnalysis, LoudnessProfile]) -> None:
    analysis, _ = heard
    assert analysis.version == VERSION
    assert analysis.duration_s == 45.0
    assert analysis.harmony.key == "A minor"
    assert len(analysis.energy) == len(analysis.rhythm.downbeats) > 10
    assert analysis.sections
    assert analysis.cue_ins
    assert analysis.cue_outs
    assert analysis.manual is None


def test_stored_analysis_without_grooves_is_readable(
    heard: tuple[TrackAnalysis, LoudnessProfile],
) -> None:
    analysis, _ = heard
    assert analysis.grooves
    stored = analysis.model_dump(exclude={"grooves"})
    assert TrackAnalysis.model_validate(stored) == analysis.model_copy(update={"grooves": []})


def test_loudness_equals_a_separate_measurement(
    heard: tuple[TrackAnalysis, LoudnessProfile],
) -> None:
    analysis, profile = heard
    alone = measure_loudness([song("house", 7, "A minor", 45.0).samples])
    assert profile.integrated_lufs == pytest.approx(alone.integrated_lufs, abs=0.01)
    assert profile.peaks == pytest.approx(alone.peaks, rel=1e-5)
    assert analysis.loudness_lufs == profile.integrated_lufs


def test_given_loudness_is_returned_unchanged() -> None:
    sound = sine(5.0, 440)
    given = measure_loudness([sound])
    assert analyse([sound], given)[1] is given


def test_progress_reports_seconds_and_may_stop_the_analysis() -> None:
    told: list[float] = []
    analyse(blocks(silence(3.0), SR), progress=told.append)
    assert told == [1.0, 2.0, 3.0]

    class Stopped(Exception):
        pass

    def stop(_: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        analyse(blocks(silence(3.0), SR), progress=stop)


@pytest.mark.parametrize(
    "sound", [silence(0.0), silence(0.05), silence(8.0), noise(8.0, seed=2), sine(8.0, 440)]
)
def test_silence_noise_and_tones_are_analysed_and_saved(sound: Samples, tmp_path: Path) -> None:
    analysis, _ = analyse(blocks(sound))
    assert len(analysis.cue_ins) == len(analysis.cue_outs) == 1 or analysis.rhythm.beats_s
    assert analysis.vocals == []
    save_json(analysis, tmp_path / "analysis.json")
    assert load_json(TrackAnalysis, tmp_path / "analysis.json") == analysis


def test_saved_analysis_is_loaded_again(
    heard: tuple[TrackAnalysis, LoudnessProfile], tmp_path: Path
) -> None:
    path = tmp_path / "new" / "analysis.json"
    assert load_json(TrackAnalysis, path) is None
    save_json(heard[0], path)
    assert load_json(TrackAnalysis, path) == heard[0]
    assert list(path.parent.iterdir()) == [path]


def test_damaged_analysis_file_loads_as_none(
    heard: tuple[TrackAnalysis, LoudnessProfile], tmp_path: Path
) -> None:
    path = tmp_path / "analysis.json"
    save_json(heard[0], path)
    whole = path.read_bytes()
    for torn in (b"", whole[: len(whole) // 2], bytes(len(whole)), b"\xff" + whole, b"{}"):
        path.write_bytes(torn)
        assert load_json(TrackAnalysis, path) is None


def bounds(sound: Samples) -> tuple[float, float]:
    return music_bounds_s(measure_loudness([sound]), sound.shape[1] / SR)


def test_music_bounds_exclude_silence_and_hiss() -> None:
    # Hiss 58 dB below the music.
    hiss = noise(9.0, seed=4, rms_db=-70.0)
    hiss[:, 2 * SR : 6 * SR] += noise(4.0, seed=5, rms_db=-12.0)
    # 20 ms and 100 ms: the start is found in steps of 10 ms, the end in steps of 100 ms.
    assert bounds(hiss)[0] == pytest.approx(2.0, abs=0.02)
    assert bounds(hiss)[1] == pytest.approx(6.0, abs=0.11)


def test_click_in_silence_is_outside_the_bounds() -> None:
    sound = np.concatenate([silence(3.0), noise(4.0, seed=6), silence(3.0)], axis=1)
    sound[:, [SR, 9 * SR]] = 0.5
    start_s, end_s = bounds(sound)
    assert start_s == pytest.approx(3.0, abs=0.02)
    assert end_s == pytest.approx(7.0, abs=0.11)


def test_music_ends_where_its_fade_is_inaudible() -> None:
    sound = noise(20.0, seed=7, rms_db=-14.0)
    fade_db = np.concatenate([np.zeros(10 * SR), np.linspace(0.0, -90.0, 10 * SR)])
    faded = (sound * 10.0 ** (fade_db / 20.0)).astype(np.float32)
    # 9 dB a second: after 5 s the fade is 45 dB down; the loudness gate makes the body's level
    # uncertain by 1 dB.
    assert bounds(faded)[1] == pytest.approx(15.0, abs=0.3)


def test_bounds_cover_music_without_silence() -> None:
    assert bounds(noise(4.0, seed=8)) == (0.0, 4.0)
    assert bounds(silence(4.0)) == (0.0, 4.0)
