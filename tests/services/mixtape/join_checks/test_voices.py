"""How long two voices are heard at once in a join, and that it then fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.analysis import Stretch
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.choose import Choice
from backend.app.dj.joins.figures.facts import PairFacts
from backend.app.dj.joins.scoreboard import rate
from backend.app.dj.pair import Pair
from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.services.mixtape.join_checks.faults import FaultLimits, trial_of
from backend.app.services.mixtape.join_checks.voices import voices_together_s
from tests.dj.llm_set import track, track_analysis

# A blend over the outgoing track's 160th to 180th second and the incoming one's first 20
BLEND = Candidate("blend", 10, 80, 0, 160.0, 0.0, 180.0, 20.0, 20.0)


def sung(name: str, *ranges_s: tuple[float, float]) -> DeckTrack:
    vocals = [Stretch(start_s=start, end_s=end) for start, end in ranges_s]
    return track(name, track_analysis().model_copy(update={"vocals": vocals}))


def choice(out: DeckTrack, into: DeckTrack, candidate: Candidate, rules: DjRules) -> Choice:
    pair = Pair(out, into)
    return Choice(pair, rate(candidate, PairFacts(pair), rules), [], "rules")


def clips(fade_s: float = 0.0) -> tuple[Clip, Clip]:
    fade = round(fade_s * SAMPLE_RATE)
    return (
        Clip("a", "a", "a", "", 0, 180 * SAMPLE_RATE, fade_out=fade),
        Clip("b", "b", "b", "", 160 * SAMPLE_RATE, 100 * SAMPLE_RATE, fade_in=fade),
    )


def heard_s(out: DeckTrack, into: DeckTrack, fade_s: float = 0.0, kind="blend") -> float:
    chosen = choice(out, into, replace(BLEND, kind=kind), DjRules())
    return voices_together_s(chosen, clips(fade_s))


def test_voices_count_where_both_tracks_sing() -> None:
    out, into = sung("a", (150.0, 166.0)), sung("b", (2.0, 9.0), (15.0, 18.0))
    assert heard_s(out, into) == pytest.approx(4.0, abs=0.1)
    assert heard_s(out, sung("b", (7.0, 20.0))) == 0.0


def test_voice_under_a_closed_fader_does_not_count() -> None:
    out, into = sung("a", (150.0, 180.0)), sung("b", (0.0, 30.0))
    assert heard_s(out, into) == pytest.approx(20.0, abs=0.1)
    # a fade is 9 dB down in its first 23 %
    assert heard_s(out, into, fade_s=10.0) == pytest.approx(20.0 - 2 * 2.3, abs=0.2)


def test_tempo_map_moves_the_voice() -> None:
    out, into = sung("a", (150.0, 180.0)), sung("b", (10.0, 15.0))
    slow, at = clips()[1], 160 * SAMPLE_RATE
    warp = ((0, at), (10 * SAMPLE_RATE, at + 20 * SAMPLE_RATE))
    chosen = choice(out, into, BLEND, DjRules())
    assert voices_together_s(chosen, (clips()[0], replace(slow, warp=warp))) == 0.0


@pytest.mark.parametrize("kind", ["cut", "echo", "stem_swap"])
def test_one_voice_at_a_time_by_kind(kind: str) -> None:
    assert heard_s(sung("a", (150.0, 180.0)), sung("b", (0.0, 30.0)), kind=kind) == 0.0


@pytest.mark.parametrize(
    ("voices_s", "allowed_s", "fault"),
    [
        (0.9, 0.5, ""),
        (3.2, 0.5, "two voices at once for 3.2 s"),
        (3.2, 4.0, ""),
    ],
)
def test_join_with_two_voices_fails(voices_s: float, allowed_s: float, fault: str) -> None:
    rules = DjRules(max_vocal_overlap_s=allowed_s)
    chosen = choice(sung("a"), sung("b"), BLEND, rules)
    assert trial_of(chosen, None, None, voices_s, FaultLimits()).fault == fault
