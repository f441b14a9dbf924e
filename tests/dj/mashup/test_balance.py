"""Gains of the stems of a mashup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.dj.deck import MashupTrack
from backend.app.dj.mashup.balance import gains_db
from backend.app.dj.mashup.fit import pair_fit
from backend.app.dj.mashup.roles import ROLES, assign_roles
from backend.app.dj.mashup.tempo import Clock
from backend.app.dj.mashup.vibes import VIBES
from backend.app.dj.mashup.vocals import power_lufs
from tests.dj.separated_songs import house, pop

PLAIN = replace(VIBES["upbeat"], gains_db=dict.fromkeys(ROLES, 0.0))


def gains(singer: MashupTrack, under: MashupTrack, treatment=PLAIN):
    roles = assign_roles([singer, under], pair_fit(singer, under, PLAIN), Clock.of(120.0, 4))
    return gains_db(roles, treatment)


def with_loudness(track: MashupTrack, stem: str, lufs: float) -> MashupTrack:
    facts = track.stems[stem].model_copy(update={"loudness_lufs": lufs})
    return replace(track, stems={**track.stems, stem: facts})


def test_instruments_play_together_at_minus_20_lufs_in_their_own_balance() -> None:
    under = house(120.0)
    found = gains(pop(120.0), under)
    played = [stem for stem in ("drums", "bass", "other") if under.plays(stem)]
    levels = [under.stems[stem].loudness_lufs + found["house 1", stem] for stem in played]
    assert power_lufs(*levels) == pytest.approx(-20.0)
    assert len({round(found["house 1", stem], 6) for stem in played}) == 1


def test_voice_is_one_lu_under_the_instruments() -> None:
    singer = pop(120.0)
    gain_db = gains(singer, house(120.0))["pop 2", "vocals"]
    assert singer.stems["vocals"].loudness_lufs + gain_db == pytest.approx(-21.0)


def test_vibe_changes_the_level_of_each_role() -> None:
    plain, dark = (gains(pop(120.0), house(120.0), vibe) for vibe in (PLAIN, VIBES["dark"]))
    assert dark["house 1", "bass"] - plain["house 1", "bass"] == pytest.approx(2.5)
    assert dark["pop 2", "vocals"] - plain["pop 2", "vocals"] == pytest.approx(-0.5)


@pytest.mark.parametrize(("lufs", "gain_db"), [(-59.0, 18.0), (9.0, -18.0)])
def test_stem_is_moved_by_18_db_at_most(lufs, gain_db) -> None:
    singer = with_loudness(pop(120.0), "vocals", lufs)
    own = replace(singer.deck.loudness, energies=singer.deck.loudness.energies * 1e-4)
    singer = replace(singer, deck=replace(singer.deck, loudness=own))
    assert gains(singer, house(120.0))["pop 2", "vocals"] == gain_db
