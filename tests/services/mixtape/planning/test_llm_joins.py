"""A mix is planned whatever the language model's server does."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.app.contract.jobs import MixtapeRequest
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.plan import MixPlan
from backend.app.dj.llm.strategist import LlmStrategist
from backend.app.llm import connection
from backend.app.llm.access import LlmAccess
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.planning.plan import plan_dj
from backend.app.store.files.blobs import ContentStore
from tests.dj.llm.test_strategist import MODES, Mode
from tests.dj.llm_set import track, track_analysis
from tests.llm.server import edited, obliging, serving

DECKS = [track(f"track-{n}", track_analysis(120.0 + n)) for n in range(3)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "RETRY_WAITS_S", (0.05, 0.1))


def planned(folder: Path, strategist: LlmStrategist | None, **options: object) -> MixPlan:
    request = MixtapeRequest(
        tracks_upload_id="c", transitions="dj", strategist="llm", loudness_lufs=-14.0, **options
    )
    inputs = MixtapeInputs(request=request, title="Mix", tracks=[])
    job = MixtapeJob(inputs, ContentStore(folder), Path("ffmpeg"), 1, strategist)
    return plan_dj(job, DECKS)


def asking(base_url: str, timeout_s: float = 1.0) -> LlmStrategist:
    return LlmStrategist(LlmAccess(SecretStr("sk-test"), base_url, "a-model", timeout_s))


def by_name(name: str) -> Mode:
    return next(mode for mode in MODES if mode.name == name)


def assert_complete(plan: MixPlan, decks: list[DeckTrack]) -> None:
    assert [clip.track_id for clip in plan.timeline.clips] == [deck.track_id for deck in decks]
    assert len(plan.timeline.transitions) == len(plan.reports) == len(decks) - 1
    for report in plan.reports:
        assert report.reason
        assert abs(report.tempo_change_percent or 0.0) <= 6.0


# Of each outcome one: no answer, a part of it, all of it
@pytest.mark.parametrize("mode", [by_name(n) for n in ("no answer", "cut off", "prose round it")])
def test_mix_is_complete_whatever_the_model_answers(mode: Mode, tmp_path: Path) -> None:
    with serving(*mode.acts) as server:
        plan = planned(tmp_path, asking(server.base_url))
    assert_complete(plan, DECKS)
    by_model = {i for i, report in enumerate(plan.reports) if report.proposed_by == "llm"}
    assert by_model <= mode.used
    for index in range(2):
        if index not in mode.used:
            assert "The rules chose this join: " in plan.reports[index].reason


def test_proposal_is_used_and_reported(tmp_path: Path) -> None:
    wish = {"kind": "sweep", "bars": 8, "reason": "A lift before the last one."}
    with serving(edited(lambda pairs: [pair.update(wish) for pair in pairs] and None)) as server:
        plan = planned(tmp_path, asking(server.base_url, 5.0))
    assert [(r.kind, r.bars, r.proposed_by) for r in plan.reports] == [("sweep", 8, "llm")] * 2
    assert plan.reports[0].reason.startswith("A lift before the last one.")


def test_proposal_against_the_rules_is_ignored(tmp_path: Path) -> None:
    far = [DECKS[0], track("far", track_analysis(132.0)), DECKS[2]]
    wish = {"kind": "blend", "bars": 16}
    with serving(edited(lambda pairs: [pair.update(wish) for pair in pairs] and None)) as server:
        request = MixtapeRequest(tracks_upload_id="c", transitions="dj", strategist="llm")
        inputs = MixtapeInputs(request=request, title="Mix", tracks=[])
        strategist = asking(server.base_url, 5.0)
        job = MixtapeJob(inputs, ContentStore(tmp_path), Path("ffmpeg"), 1, strategist)
        plan = plan_dj(job, far)
    assert_complete(plan, far)
    assert {report.kind for report in plan.reports}.isdisjoint({"blend"})


def test_user_choice_precedes_proposal(tmp_path: Path) -> None:
    choice = {"outgoing": "track-0", "incoming": "track-1", "kind": "cut"}
    with serving(obliging) as server:
        plan = planned(tmp_path, asking(server.base_url, 5.0), overrides=[choice])
    assert (plan.reports[0].kind, plan.reports[0].proposed_by) == ("cut", "you")


def test_rules_choose_without_a_model(tmp_path: Path) -> None:
    plan = planned(tmp_path, None)
    assert_complete(plan, DECKS)
    assert "No language model is set up here" in plan.notes[0]
