from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.bars import bar_edges_s, mean_between
from backend.app.analysis.energy import bar_energies
from backend.app.analysis.loudness import measure_loudness
from backend.app.analysis.sections import best_cuts, cut_prices, sections_of
from backend.app.contract.analysis import Section
from composer.song import Song
from tests.analysis.heard import click_rhythm, rhythm_of, song, tones_of
from tests.sounds import silence


def heard_in(whole: Song) -> tuple[list[float], list[Section]]:
    tones, rhythm = tones_of(whole.samples), rhythm_of(whole)
    energy = bar_energies(measure_loudness([whole.samples]).energies, rhythm, tones.centre)
    return energy, sections_of(tones, rhythm, energy, 0.0, whole.duration_s)


def test_a_club_track_is_cut_where_players_come_and_go() -> None:
    whole = song("house", 7, None, 80.0)
    _, sections = heard_in(whole)
    told = [part.start_s for part in whole.sections if part.name != "end"]
    # 10 ms: both are on the same downbeats
    assert [s.start_s for s in sections] == pytest.approx(told, abs=0.01)
    assert [s.label for s in sections[:2]] == ["intro", "full"]
    assert sections[2].label in ("quiet", "medium")


def test_sections_follow_each_other_to_the_end_of_the_music() -> None:
    _, sections = heard_in(song("house", 7, None, 80.0))
    assert [s.end_s for s in sections[:-1]] == [s.start_s for s in sections[1:]]
    assert sections[-1].end_s == 80.0
    assert max(s.energy for s in sections) == 1.0


def test_energy_is_told_bar_by_bar_and_rises_with_the_band() -> None:
    whole = song("house", 7, None, 80.0)
    energy, _ = heard_in(whole)
    assert len(energy) == len(rhythm_of(whole).downbeats)
    parts = [p for p in whole.sections if p.bars]
    means = [np.mean(energy[p.start_bar : p.start_bar + p.bars]) for p in parts]
    # 0.5: a part's energy is what its players add up to, which is not quite what they sound like
    assert np.corrcoef(means, [p.energy for p in parts])[0, 1] > 0.5
    assert 0.0 <= min(energy) <= max(energy) <= 1.0


def test_a_change_is_cut_at_the_phrase_rather_than_a_bar_off_it() -> None:
    levels = np.zeros((32, 1))
    levels[17:] = 4.0  # a bar late, as a fill or a held-back kick makes it
    assert best_cuts(levels, cut_prices(click_rhythm(129))) == [0, 16]


def test_a_change_that_is_far_off_any_phrase_is_cut_where_it_is() -> None:
    levels = np.zeros((32, 1))
    levels[18:] = 8.0
    assert best_cuts(levels, cut_prices(click_rhythm(129))) == [0, 18]


def test_what_does_not_change_is_one_section() -> None:
    levels = 0.1 * np.random.default_rng(1).standard_normal((40, 9))
    assert best_cuts(levels, cut_prices(click_rhythm(161))) == [0]


def test_a_track_without_beats_is_one_section() -> None:
    none = click_rhythm(0)
    tones = tones_of(silence(3.0))
    [only] = sections_of(tones, none, [], 0.5, 2.5)
    assert (only.start_s, only.end_s) == (0.5, 2.5)
    assert bar_energies(np.zeros(30), none, tones.centre) == []


def test_silence_with_beats_has_no_energy() -> None:
    tones, rhythm = tones_of(silence(8.0)), click_rhythm(17)
    energy = bar_energies(np.zeros(80), rhythm, tones.centre)
    assert energy == [0.0] * 4
    assert len(sections_of(tones, rhythm, energy, 0.0, 8.0)) == 1


def test_the_last_bar_lasts_as_long_as_its_beats_would() -> None:
    # Beats 0 to 9: the third bar has two of its four beats
    edges = bar_edges_s(click_rhythm(10))
    assert edges == pytest.approx([0.0, 2.0, 4.0, 6.0])


def test_means_between_edges_weigh_parts_of_values() -> None:
    values = np.array([1.0, 3.0, 5.0])
    means = mean_between(values, 1.0, np.array([0.0, 1.5, 3.0, 9.0]))
    # (1 + 3/2) / 1.5, (3/2 + 5) / 1.5, and past the end the last value goes on
    assert means == pytest.approx([2.5 / 1.5, 6.5 / 1.5, 5.0])
