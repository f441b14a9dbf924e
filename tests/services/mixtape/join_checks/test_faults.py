"""Which figures of a rendered join are faults, and what they cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.choose import Choice
from backend.app.dj.joins.figures.facts import PairFacts
from backend.app.dj.joins.scoreboard import rate
from backend.app.dj.joins.trials import Trial
from backend.app.dj.pair import Pair
from backend.app.render.measure.join_levels import JoinLevels
from backend.app.services.mixtape.join_checks.faults import FaultLimits, trial_of
from backend.app.services.mixtape.reuse.mp3 import JoinFigures
from tests.dj.llm_set import track, track_analysis

BLEND = Candidate("blend", 10, 80, 0, 160.0, 0.0, 180.0, 20.0, 20.0)
CLEAN = JoinFigures(beat_error_ms=0.9, beat_error_p95_ms=2.0, bass_both_share=0.05)
LEVEL = JoinLevels(dip_lu=0.5, bump_lu=0.5)


def choice(kind: str = "blend", **facts: object) -> Choice:
    pair = Pair(track("a", track_analysis()), track("b", track_analysis()))
    rated = rate(replace(BLEND, kind=kind), PairFacts(pair), DjRules())
    return Choice(pair, replace(rated, facts=replace(rated.facts, **facts)), [], "rules")


def heard(
    chosen: Choice, figures: JoinFigures | None = CLEAN, levels: JoinLevels | None = LEVEL
) -> Trial:
    return trial_of(chosen, figures, levels, 0.0, FaultLimits())


def test_clean_join_has_no_fault_and_about_the_rules_penalty() -> None:
    trial = heard(choice())
    assert trial.fault == ""
    assert trial.severity == pytest.approx(choice().rated.penalty, abs=0.2)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (JoinLevels(2.9, 0.0), ""),
        (JoinLevels(4.0, 0.0), "loudness dips by 4.0 LU"),
        (JoinLevels(0.0, 4.0), "loudness rises by 4.0 LU"),
    ],
)
def test_level_beyond_three_lu_is_a_fault(levels: JoinLevels, said: str) -> None:
    assert heard(choice(), levels=levels).fault == said


def test_deeper_hole_is_worse() -> None:
    shallow, deep = (heard(choice(), levels=JoinLevels(lu, 0.0)).severity for lu in (4.0, 6.0))
    assert deep > shallow > heard(choice()).severity


def test_two_basses_are_a_fault_but_not_in_a_stem_swap() -> None:
    doubled = CLEAN.model_copy(update={"bass_both_share": 0.6})
    assert heard(choice(), doubled).fault == "both basses play for 60 % of it"
    assert heard(choice("stem_swap"), doubled).fault == ""


@pytest.mark.parametrize(
    ("distance", "overlap_s", "said"),
    [
        (4, 20.0, "keys 4 steps apart"),
        (4, 0.0, ""),  # drums alone, however long the blend is
        (2, 20.0, ""),
        (None, 20.0, ""),
    ],
)
def test_keys_clash_only_while_both_play_them(
    distance: int | None, overlap_s: float, said: str
) -> None:
    clashing = choice(key_distance=distance, harmony_overlap_s=overlap_s)
    assert heard(clashing).fault == said


def test_beats_apart_are_the_only_fault_named() -> None:
    apart = CLEAN.model_copy(
        update={"beats_apart_ms": 243.0, "beats_apart": 0.5, "beats_coherence": 0.6}
    )
    trial = heard(choice(), apart, JoinLevels(9.0, 0.0))
    assert trial.fault == "beats 243 ms apart in the sound (half a beat)"
    assert trial.off_beat
    assert trial.severity > 100.0
