"""Choice of the bars of a song, and the order of voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from backend.app.dj.mashup.fit import pair_fit
from backend.app.dj.mashup.layout import Run, _in_turn
from backend.app.dj.mashup.roles import Player, assign_roles
from backend.app.dj.mashup.tempo import Clock
from backend.app.dj.mashup.vibe_arrangements import ARRANGEMENTS
from backend.app.dj.mashup.vibes import VIBES
from backend.app.dj.mashup.windows import Window, WindowChooser
from tests.dj.separated_songs import house, pop

LOUD_BAR = 8


@pytest.fixture(scope="module")
def chooser() -> WindowChooser:
    singer, under = pop(120.0), house(120.0)
    pair = pair_fit(singer, under, VIBES["upbeat"])
    return WindowChooser(assign_roles([singer, under], pair, Clock.of(120.0, 4)), phrase=4)


def even_player(chooser: WindowChooser, role: str, presence: float = 1.0) -> Player:
    """A player whose bars differ only in energy: four of them are loud."""
    player = chooser.roles.halves[0][role]
    flags = np.ones(player.material.n_bars, bool)
    energy = np.zeros(len(flags))
    energy[LOUD_BAR : LOUD_BAR + 4] = 1.0
    levels = np.full(len(flags), presence)
    material = replace(
        player.material,
        on_phrase=flags,
        on_half=flags,
        on_pair=flags,
        usable=flags,
        energy=energy,
        presence=dict.fromkeys(player.material.presence, levels),
    )
    return replace(player, material=material)


@pytest.mark.parametrize(("label", "first"), [("drop", LOUD_BAR), ("verse", 0)])
def test_instruments_are_energetic_in_drops_only(chooser, label, first) -> None:
    part = next(part for part in ARRANGEMENTS["upbeat"] if part.label == label)
    drums = even_player(chooser, "drums")
    assert chooser._played("drums", drums, {}, part, 0).first == first


@pytest.mark.parametrize(("sung", "first"), [("hook", LOUD_BAR), ("verse", 0)])
def test_hook_is_the_loudest_phrase_and_verses_are_calmer(chooser, sung, first) -> None:
    window = chooser._sung(even_player(chooser, "voice"), sung, 0)
    assert window is not None
    assert window.first == first


@pytest.mark.parametrize(("presence", "chosen"), [(0.19, False), (0.21, True)])
def test_vocal_phrase_needs_vocals_in_a_fifth_of_its_time(chooser, presence, chosen) -> None:
    window = chooser._sung(even_player(chooser, "voice", presence), "verse", 0)
    assert (window is not None) == chosen


def test_song_plays_on_where_it_continues_and_repeats_last(chooser) -> None:
    player = even_player(chooser, "voice")
    fresh = WindowChooser(chooser.roles, phrase=4)
    fresh._remember(Window("voice", player, 4, 0, 4))
    after, later = (fresh._common(player.material, "voice", at) for at in (4, 12))
    assert int(np.argmax(after)) == 8
    assert after[8] - after[12] == pytest.approx(0.3)
    assert after[12] - after[4] == pytest.approx(0.25)
    assert later[8] == later[12]


def voices(*spans: tuple[int, int]) -> Sequence[tuple[int, int]]:
    """Spans of voices, each of which ends where the next begins."""
    runs = [Run("voice", None, None, (0.0, 0), start, end) for start, end in spans]
    return [(run.start, run.end) for run in _in_turn(runs)]


def test_remainder_of_a_voice_under_a_quarter_second_is_left_out() -> None:
    assert voices((0, 90_000), (11_100, 90_000)) == [(0, 11_100), (11_100, 90_000)]
    assert voices((0, 90_000), (11_000, 90_000)) == [(11_000, 90_000)]
