"""A re-render without changes equals its base, to the sample."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from backend.app.contract.dj import DjRules, PairChoice, TransitionKind
from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import TimelineView
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dj.timeline import Timeline
from backend.app.dj.timeline_json import timeline_of, view_of
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.planning.join_precedence import resolve_join_wishes
from backend.app.store.files.blobs import ContentStore
from composer.song import StyleName
from tests.dj.analysed_tracks import composed_deck

SET: tuple[tuple[StyleName, float, str], ...] = (
    ("house", 122.0, "A minor"),
    ("house", 124.5, "E minor"),
    ("techno", 126.0, "B minor"),
    ("pop", 121.3, "A minor"),
)


@cache
def decks() -> tuple[DeckTrack, ...]:
    return tuple(
        composed_deck(style, bpm, key, seed, bars=40) for seed, (style, bpm, key) in enumerate(SET)
    )


def planned(
    rules: DjRules, wishes: list[JoinWish] | None, base: Timeline | None = None
) -> Timeline:
    mix = plan_dj_mix(decks(), rules, loudness_lufs=-14.0, join_wishes=wishes, base=base)
    return mix.timeline


def rerendered(first: Timeline, rules: DjRules, *overrides: PairChoice) -> Timeline:
    """The timeline of a re-render of ``first``; through JSON, as between jobs."""
    view = TimelineView.model_validate_json(view_of(first).model_dump_json())
    request = MixtapeRequest(
        tracks_upload_id="crate",
        transitions="dj",
        based_on="first",
        overrides=list(overrides),
    )
    inputs = MixtapeInputs(request=request, title="Mix", tracks=[], rules=rules, base=view)
    job = MixtapeJob(inputs, ContentStore(Path("none")), Path("ffmpeg"), 1)
    return planned(rules, resolve_join_wishes(job, decks()).wishes, timeline_of(view))


def wishes_for(*kinds: TransitionKind) -> list[JoinWish]:
    return [JoinWish(JoinConstraints(kind=kind), "you") for kind in kinds]


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
    ids=["default rules", "original tempo immediately", "pitch moved"],
)
def test_rerender_without_changes_equals_its_base(
    kinds: tuple[TransitionKind, ...], rules: DjRules
) -> None:
    first = planned(rules, wishes_for(*kinds))
    assert [join.kind for join in first.transitions] == list(kinds)
    second = rerendered(first, rules)
    assert second == first
    assert rerendered(second, rules) == first


def test_rerender_of_joins_by_rules_equals_its_base() -> None:
    first = planned(DjRules(), None)
    assert rerendered(first, DjRules()) == first


@pytest.mark.parametrize("semitones", [-2, 1, 2])
@pytest.mark.parametrize("becomes", [None, "sweep"])
def test_rerendered_join_keeps_its_pitch(semitones: int, becomes: TransitionKind | None) -> None:
    rules = DjRules(max_pitch_semitones=2)
    wish = JoinWish(JoinConstraints(kind="blend", pitch_semitones=semitones), "llm")
    by_rules = planned(rules, wishes_for("blend", "blend", "fade"))
    assert by_rules.clips[2].pitch_semitones != semitones
    first = planned(rules, [*wishes_for("blend"), wish, *wishes_for("fade")])
    out, into = list(pairwise(deck.track_id for deck in decks()))[1]
    changes = [PairChoice(outgoing=out, incoming=into, kind=becomes)] if becomes else []
    second = rerendered(first, rules, *changes)
    assert second.transitions[1].kind == (becomes or "blend")
    assert first.clips[2].pitch_semitones == semitones
    assert second.clips[2].pitch_semitones == semitones


@pytest.mark.parametrize(("was", "becomes"), [("blend", "sweep"), ("sweep", "blend")])
def test_changed_kind_of_equal_length_keeps_other_joins(
    was: TransitionKind, becomes: TransitionKind
) -> None:
    first = planned(DjRules(), wishes_for("blend", was, "fade"))
    out, into = list(pairwise(deck.track_id for deck in decks()))[1]
    bars = first.transitions[1].bars
    choice = PairChoice(outgoing=out, incoming=into, kind=becomes, bars=bars)
    second = rerendered(first, DjRules(), choice)
    assert second.transitions[1].kind == becomes
    assert second.length == first.length
    assert (second.transitions[0], second.transitions[2]) == (
        first.transitions[0],
        first.transitions[2],
    )
    assert (second.clips[0], second.clips[3]) == (first.clips[0], first.clips[3])


def held(shares: tuple[float, float], *, fade_s: float | None = None) -> list[JoinWish]:
    kind: TransitionKind = "blend" if fade_s is None else "fade"
    wish = JoinConstraints(kind=kind, fades=shares, fade_s=fade_s)
    return [JoinWish(wish, "you"), *wishes_for("cut", "gap")]


@pytest.mark.parametrize("fade_s", [None, 4.7], ids=["blend", "fade"])
def test_rerendered_join_keeps_fades_that_the_rules_would_not_choose(fade_s: float | None) -> None:
    by_rules = planned(DjRules(), wishes_for("blend" if fade_s is None else "fade", "cut", "gap"))
    first = planned(DjRules(), held((0.375, 0.625), fade_s=fade_s))
    assert first.clips[0].fade_out != by_rules.clips[0].fade_out
    join = first.transitions[0]
    assert first.clips[0].fade_out == round(0.375 * (join.end - join.start))
    assert rerendered(first, DjRules()) == first


def test_moved_join_gets_new_fades() -> None:
    first = planned(DjRules(), held((0.375, 0.625)))
    out, into = (deck.track_id for deck in decks()[:2])
    bars = first.transitions[0].bars // 2
    moved = rerendered(first, DjRules(), PairChoice(outgoing=out, incoming=into, bars=bars))
    join = moved.transitions[0]
    assert moved.clips[0].fade_out != round(0.375 * (join.end - join.start))
