"""A mix planned again from its own timeline is that mix, to the sample."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from backend.app.contract.dj import DjRules, PairChoice, TransitionKind
from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import TimelineView
from backend.app.dj.candidates import Wish
from backend.app.dj.choose import PairWish
from backend.app.dj.deck import DeckTrack
from backend.app.dj.mix_plan import plan_dj_mix
from backend.app.dj.timeline import Timeline
from backend.app.dj.timeline_view import timeline_of, view_of
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob
from backend.app.services.mixtape_wanted import wanted
from backend.app.store.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.heard import deck_of

SET = (
    ("house", 122.0, "A minor"),
    ("house", 124.5, "E minor"),
    ("techno", 126.0, "B minor"),
    ("pop", 121.3, "A minor"),
)


@cache
def decks() -> tuple[DeckTrack, ...]:
    return tuple(
        deck_of(compose_song(SongSpec(style=style, tempo_bpm=bpm, key=key, seed=seed, bars=40)))
        for seed, (style, bpm, key) in enumerate(SET)
    )


def planned(
    rules: DjRules, wishes: list[PairWish] | None, earlier: Timeline | None = None
) -> Timeline:
    mix = plan_dj_mix(decks(), rules, loudness_lufs=-14.0, wishes=wishes, earlier=earlier)
    return mix.timeline


def again(first: Timeline, rules: DjRules, *overrides: PairChoice) -> Timeline:
    """The mix as a job plans it that is based on another; through JSON, as jobs are."""
    view = TimelineView.model_validate_json(view_of(first).model_dump_json())
    request = MixtapeRequest(
        tracks_upload_id="crate",
        transitions="dj",
        based_on="first",
        overrides=list(overrides),
    )
    inputs = MixtapeInputs(request=request, title="Mix", tracks=[], rules=rules, earlier=view)
    job = MixtapeJob(inputs, ContentStore(Path("none")), Path("ffmpeg"), 1)
    return planned(rules, wanted(job, decks()).wishes, timeline_of(view))


def asked_for(*kinds: TransitionKind) -> list[PairWish]:
    return [PairWish(Wish(kind=kind), "you") for kind in kinds]


@pytest.mark.parametrize(
    "kinds",
    [
        ("blend", "sweep", "echo"),
        ("cut", "fade", "gap"),
        ("gap", "blend", "cut"),
        ("echo", "gap", "fade"),
        ("fade", "cut", "sweep"),
    ],
    ids="-".join,
)
@pytest.mark.parametrize(
    "rules",
    [DjRules(), DjRules(return_bars=0), DjRules(max_pitch_semitones=2)],
    ids=["house rules", "home at once", "pitch moved"],
)
def test_planned_again_with_nothing_changed_a_mix_is_the_same(
    kinds: tuple[TransitionKind, ...], rules: DjRules
) -> None:
    first = planned(rules, asked_for(*kinds))
    assert [join.kind for join in first.transitions] == list(kinds)
    second = again(first, rules)
    assert second == first
    assert again(second, rules) == first


def test_left_to_the_rules_it_is_the_same_too() -> None:
    first = planned(DjRules(), None)
    assert again(first, DjRules()) == first


@pytest.mark.parametrize(("was", "becomes"), [("blend", "sweep"), ("sweep", "blend")])
def test_another_kind_over_the_same_bars_leaves_every_other_join_and_the_length(
    was: TransitionKind, becomes: TransitionKind
) -> None:
    first = planned(DjRules(), asked_for("blend", was, "fade"))
    out, into = list(pairwise(deck.track_id for deck in decks()))[1]
    bars = first.transitions[1].bars
    choice = PairChoice(outgoing=out, incoming=into, kind=becomes, bars=bars)
    second = again(first, DjRules(), choice)
    assert second.transitions[1].kind == becomes
    assert second.length == first.length
    assert (second.transitions[0], second.transitions[2]) == (
        first.transitions[0],
        first.transitions[2],
    )
    assert (second.clips[0], second.clips[3]) == (first.clips[0], first.clips[3])
