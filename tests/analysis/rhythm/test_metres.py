"""Detection of bars of five and seven beats, and of tempos with an ambiguous octave."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.mid_side import analysis_blocks
from backend.app.analysis.rhythm.bar_path import find_bar_path, with_halves
from backend.app.analysis.rhythm.confidence import UNKNOWN_TEMPO
from backend.app.analysis.rhythm.downbeats import beat_features
from backend.app.analysis.rhythm.onsets import Spectra, SpectraAnalyser, onset_strengths
from backend.app.analysis.rhythm.tempo_octave import relative_onsets
from backend.app.contract.analysis import Rhythm
from backend.app.dsp.samples import Samples
from composer.compose import compose_song
from composer.song import SongSpec
from tests.analysis.rhythm.drum_patterns import LEAD_S, downbeats_s, patterned
from tests.analysis.rhythm.test_rhythm_analyser import analyse_rhythm

FIVES = {  # kick and snare, four steps a beat
    "3 + 2": (120.0, "x.....x.....x.......", "........x.......x..."),
    "2 + 3": (132.0, "x...........x.......", "....x...........x..."),
    "a kick on every beat": (100.0, "x...x...x...x...x...", "....x.......x......."),
}


def spectra_of(samples: Samples) -> Spectra:
    analyser = SpectraAnalyser()
    for block in analysis_blocks([samples]):
        analyser.push(block.mid)
    return analyser.finish()


def bars_off_s(rhythm: Rhythm, true_s: list[float]) -> list[float]:
    """Distance of each detected bar's start from the nearest true one."""
    heard = np.array(rhythm.beats_s)[rhythm.downbeats]
    return [float(np.abs(np.array(true_s) - at).min()) for at in heard]


@pytest.mark.parametrize("name", FIVES)
def test_five_four_is_heard(name: str) -> None:
    tempo_bpm, kick, snare = FIVES[name]
    rhythm = analyse_rhythm(patterned(tempo_bpm, kick, snare, steps_per_beat=4, bars=24))
    assert (rhythm.beats_per_bar, rhythm.metre_is_known) == (5, True)
    assert rhythm.tempo_bpm == pytest.approx(tempo_bpm, abs=0.1)
    assert max(bars_off_s(rhythm, downbeats_s(tempo_bpm, kick, steps_per_beat=4, bars=25))) < 0.03


def test_seven_four_is_heard() -> None:
    kick, snare = "x...x...x...x...x...x...x...", "....x.......x...........x..."
    rhythm = analyse_rhythm(patterned(126.0, kick, snare, steps_per_beat=4, bars=18))
    assert (rhythm.beats_per_bar, rhythm.metre_is_known) == (7, True)
    assert max(bars_off_s(rhythm, downbeats_s(126.0, kick, steps_per_beat=4, bars=19))) < 0.03


def test_seven_eight_is_counted_in_two_bars_of_quarters() -> None:
    kick, snare = "x...x..", "..x...."
    sound = patterned(140.0, kick, snare, steps_per_beat=2, bars=36, hats="x")
    rhythm = analyse_rhythm(sound)
    assert rhythm.beats_per_bar == 7
    assert max(bars_off_s(rhythm, downbeats_s(140.0, kick, steps_per_beat=2, bars=38))) < 0.03


def test_metre_that_is_not_heard_is_not_claimed() -> None:
    kick, snare = "x...x..", "..x...."  # 7/8 again, with hats that ignore the bars
    rhythm = analyse_rhythm(patterned(140.0, kick, snare, steps_per_beat=2, bars=36))
    assert rhythm.beats_s
    assert not rhythm.metre_is_known


def test_four_four_and_three_four_stay_known() -> None:
    four = patterned(120.0, "x...x...x...x...", "....x.......x...", steps_per_beat=4, bars=30)
    three = patterned(120.0, "x...........", "....x...x...", steps_per_beat=4, bars=30)
    for sound, beats in ((four, 4), (three, 3)):
        rhythm = analyse_rhythm(sound)
        assert (rhythm.beats_per_bar, rhythm.metre_is_known) == (beats, True)


def test_bars_begin_on_bars_at_half_the_tempo() -> None:
    song = compose_song(SongSpec(style="house", tempo_bpm=219.0, seed=19, duration_s=70.0))
    rhythm = analyse_rhythm(song.samples)
    # half or twice the tempo would be defensible, too
    assert rhythm.tempo_bpm == pytest.approx(109.5, abs=0.1)
    # bars on the off-beats would be 0.27 s off
    assert max(bars_off_s(rhythm, list(song.downbeats))) < 0.03


def test_half_time_is_heard_at_the_tempo_of_its_bars() -> None:
    # kick on 1, snare on 3: at half the tempo they alternate like a backbeat
    song = compose_song(SongSpec(style="halftime", tempo_bpm=140.0, seed=3, duration_s=40.0))
    rhythm = analyse_rhythm(song.samples)
    assert rhythm.tempo_bpm == pytest.approx(140.0, abs=0.1)
    bars_off = bars_off_s(rhythm, list(song.downbeats))
    assert max(bars_off[:-1]) < 0.03  # the last chord dies away over one more bar


def test_beats_are_unsure_where_bars_are_clear_at_no_tempo() -> None:
    song = compose_song(SongSpec(style="halftime", tempo_bpm=140.0, seed=4, duration_s=40.0))
    rhythm = analyse_rhythm(song.samples)
    assert rhythm.tempo_bpm == pytest.approx(70.0, abs=0.1)
    assert rhythm.confidence == pytest.approx(UNKNOWN_TEMPO)


@pytest.mark.parametrize("style", ["house", "pop", "dnb"])
def test_off_beats_at_half_the_tempo_are_found_out(style) -> None:
    song = compose_song(SongSpec(style=style, tempo_bpm=200.0, seed=5, duration_s=50.0))
    spectra = spectra_of(song.samples)
    onsets = relative_onsets(onset_strengths(spectra.bands))
    for beats_s, off_beat in ((song.beats[::2], 0), (song.beats[1::2], 1), (song.beats, 0)):
        halves = beat_features(spectra, onsets, with_halves(np.array(beats_s)))
        path = find_bar_path(halves, 4, expected=0, margin=0.0)
        assert set(path.offsets % 2) == {off_beat}
        assert path.on_beat.min() > 0.6


def test_chords_half_a_beat_early_do_not_move_the_beats() -> None:
    kick, snare = "x.x.x.x.x.x.x.x.", "....x.......x..."
    sound = patterned(110.0, kick, snare, steps_per_beat=4, bars=24, hats="x", chords_early=2)
    rhythm = analyse_rhythm(sound)
    beats_s = [LEAD_S + beat * 60.0 / 110.0 for beat in range(100)]
    assert max(bars_off_s(rhythm, beats_s)) < 0.03


def test_230_bpm_with_a_backbeat_is_heard_as_such() -> None:
    kick, snare = "x.......x.......", "....x.......x..."
    rhythm = analyse_rhythm(patterned(230.0, kick, snare, steps_per_beat=4, bars=40))
    assert rhythm.tempo_bpm == pytest.approx(230.0, abs=0.2)
    assert max(bars_off_s(rhythm, downbeats_s(230.0, kick, steps_per_beat=4, bars=41))) < 0.03


@pytest.mark.parametrize(
    ("tempo_bpm", "hats", "heard_bpm"),
    # half of the fastest is arguable
    [(140.0, "x.x.", 140.0), (190.0, "..x.", 95.0), (230.0, "x.x.", 115.0), (230.0, "..x.", 115.0)],
)
def test_kicks_with_hats_between_are_not_heard_at_two_thirds(
    tempo_bpm: float, hats: str, heard_bpm: float
) -> None:
    sound = patterned(tempo_bpm, "x..." * 4, "." * 16, steps_per_beat=4, bars=30, hats=hats)
    rhythm = analyse_rhythm(sound)
    assert rhythm.tempo_bpm == pytest.approx(heard_bpm, abs=0.1)
    beats_s = [LEAD_S + beat * 60.0 / tempo_bpm for beat in range(125)]
    assert max(bars_off_s(rhythm, beats_s)) < 0.03


@pytest.mark.parametrize("style", ["house", "ballad"])
def test_bars_at_60_bpm_begin_on_beats(style) -> None:
    song = compose_song(SongSpec(style=style, tempo_bpm=60.0, seed=11, duration_s=60.0))
    rhythm = analyse_rhythm(song.samples)
    assert max(bars_off_s(rhythm, list(song.beats))) < 0.03
