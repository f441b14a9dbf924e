from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.analysis.rhythm.bar_edges import bar_edges_s, mean_between
from backend.app.analysis.structure.energy import bar_energies
from backend.app.analysis.structure.sections import (
    best_cuts,
    cut_prices,
    find_sections,
    sections_at,
)
from backend.app.contract.analysis import Section
from composer.song import Song
from tests.analysis.analysed_songs import centre_of, click_rhythm, rhythm_of, song
from tests.sounds import silence


def heard_in(whole: Song) -> tuple[list[float], list[Section]]:
    centre, rhythm = centre_of(whole.samples), rhythm_of(whole)
    energy = bar_energies(measure_loudness([whole.samples]).energies, rhythm, centre)
    return energy, find_sections(centre, rhythm, energy, 0.0, whole.duration_s)


def test_sections_begin_where_instruments_enter_or_leave() -> None:
    whole = song("house", 7, None, 80.0)
    _, sections = heard_in(whole)
    told = [part.start_s for part in whole.sections if part.name != "end"]
    # 10 ms: both are the same downbeats, rounded differently.
    assert [s.start_s for s in sections] == pytest.approx(told, abs=0.01)
    assert [s.label for s in sections[:2]] == ["intro", "full"]
    assert sections[2].label in ("quiet", "medium")


def test_sections_follow_each_other_to_the_end_of_the_music() -> None:
    _, sections = heard_in(song("house", 7, None, 80.0))
    assert [s.end_s for s in sections[:-1]] == [s.start_s for s in sections[1:]]
    assert sections[-1].end_s == 80.0
    assert max(s.energy for s in sections) == 1.0


def test_energy_per_bar_rises_with_the_band() -> None:
    whole = song("house", 7, None, 80.0)
    energy, _ = heard_in(whole)
    assert len(energy) == len(rhythm_of(whole).downbeats)
    parts = [p for p in whole.sections if p.bars]
    means = [np.mean(energy[p.start_bar : p.start_bar + p.bars]) for p in parts]
    # 0.5: a part's stated energy is the sum of its instruments', and only similar to what it sounds
    # like.
    assert np.corrcoef(means, [p.energy for p in parts])[0, 1] > 0.5
    assert 0.0 <= min(energy) <= max(energy) <= 1.0


def test_change_near_a_phrase_start_is_cut_there() -> None:
    levels = np.zeros((32, 1))
    levels[17:] = 4.0  # a bar late, as after a fill or a delayed kick
    assert best_cuts(levels, cut_prices(click_rhythm(129))) == [0, 16]


def test_change_far_from_phrase_starts_is_cut_in_place() -> None:
    levels = np.zeros((32, 1))
    levels[18:] = 8.0
    assert best_cuts(levels, cut_prices(click_rhythm(129))) == [0, 18]


def test_unchanging_music_is_one_section() -> None:
    levels = 0.1 * np.random.default_rng(1).standard_normal((40, 9))
    assert best_cuts(levels, cut_prices(click_rhythm(161))) == [0]


def test_a_track_without_beats_is_one_section() -> None:
    none = click_rhythm(0)
    centre = centre_of(silence(3.0))
    [only] = find_sections(centre, none, [], 0.5, 2.5)
    assert (only.start_s, only.end_s) == (0.5, 2.5)
    assert bar_energies(np.zeros(30), none, centre) == []


def test_silence_with_beats_has_no_energy() -> None:
    centre, rhythm = centre_of(silence(8.0)), click_rhythm(17)
    energy = bar_energies(np.zeros(80), rhythm, centre)
    assert energy == [0.0] * 4
    assert len(find_sections(centre, rhythm, energy, 0.0, 8.0)) == 1


def test_last_bar_is_extended_at_its_tempo() -> None:
    # Beats 0 to 9: the third bar has two of its four beats
    edges = bar_edges_s(click_rhythm(10))
    assert edges == pytest.approx([0.0, 2.0, 4.0, 6.0])


def test_means_between_edges_weight_partial_values() -> None:
    values = np.array([1.0, 3.0, 5.0])
    means = mean_between(values, 1.0, np.array([0.0, 1.5, 3.0, 9.0]))
    # (1 + 3/2) / 1.5 and (3/2 + 5) / 1.5; beyond the end, the last value is repeated.
    assert means == pytest.approx([2.5 / 1.5, 6.5 / 1.5, 5.0])


def labels(*energies: float, bars: int = 8) -> list[str]:
    """Labels of sections of equal length; bars last 2 s."""
    cuts = [bars * n for n in range(len(energies))]
    edges_s = 2.0 * np.arange(bars * len(energies) + 1)
    energy = [value for value in energies for _ in range(bars)]
    return [one.label for one in sections_at(cuts, edges_s, energy, float(edges_s[-1]))]


def test_sections_are_labelled_by_energy_of_the_loudest() -> None:
    assert labels(1.0, 0.81, 0.79, 0.56, 0.54, 1.0) == [
        "full", "full", "medium", "medium", "quiet", "full",
    ]  # fmt: skip
    assert labels(0.5, 0.41, 0.27, 0.5) == ["full", "full", "quiet", "full"]


def test_calm_ends_of_up_to_three_tenths_are_intro_and_outro() -> None:
    assert labels(0.7, 1.0, 1.0, 0.4) == ["intro", "full", "full", "outro"]
    # each section is a third of the track
    assert labels(0.7, 1.0, 0.4) == ["medium", "full", "quiet"]
    assert labels(0.9, 1.0, 1.0, 0.9) == ["full"] * 4
    assert labels(0.4) == ["full"]


def test_section_has_sixty_four_bars_at_most() -> None:
    assert best_cuts(np.zeros((64, 1)), cut_prices(click_rhythm(257))) == [0]
    assert len(best_cuts(np.zeros((65, 1)), cut_prices(click_rhythm(261)))) == 2


def test_section_has_four_bars_at_least() -> None:
    levels = np.zeros((32, 1))
    levels[16:19] = 20.0  # three bars
    assert np.diff(best_cuts(levels, cut_prices(click_rhythm(129)))).min() >= 4
    levels[19] = 20.0
    assert best_cuts(levels, cut_prices(click_rhythm(129))) == [0, 16, 20]


def test_cuts_are_cheapest_at_phrases_then_at_half_phrases() -> None:
    prices = cut_prices(click_rhythm(33))
    assert prices.tolist() == [4.0, 24.0, 24.0, 24.0, 8.0, 24.0, 24.0, 24.0]
