"""A new mixtape, like a DJ: what is heard of the tracks, put right, and wished for."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.analysis import GridFix
from backend.app.contract.dj import PlaceLock
from backend.app.contract.jobs import AnalysisRequest, MixtapeRequest
from frontend.api_client import ApiError
from tests.frontend.scripted_api import CRATE, ScriptedApi, heard, job
from tests.frontend.test_pages import Page, words_of
from tests.frontend.test_stems_page import TO_BE_FETCHED


@pytest.fixture
def draft(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """A crate of two tracks that were heard."""
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.analyses = {"a": heard(120.0), "b": heard(126.0)}
    return page(crate="crate-1")


def asked_for(app: AppTest, api: ScriptedApi) -> MixtapeRequest:
    app.button(key="start").click().run()
    assert not app.exception
    request = api.ask_of("mixtape")
    assert isinstance(request, MixtapeRequest)
    return request


class TestListening:
    def test_a_crate_is_listened_to_by_itself_once(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        assert "Listening to your tracks… 0 of 2" in words_of(app)
        app.run()
        app.run()
        wanted = AnalysisRequest(tracks_upload_id="crate-1")
        assert [ask for what, ask in scripted_api.asked if what == "start"] == [wanted]

    def test_the_mix_does_not_wait_for_it(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        assert not page(crate="crate-1").button(key="start").disabled

    def test_a_job_from_before_a_reload_is_followed(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        ask = {"kind": "analysis", "tracks_upload_id": "crate-1"}
        scripted_api.all_jobs = [job(id="earlier", kind="analysis", request=ask)]
        scripted_api.analyses = {"a": heard()}
        assert "Listening to your tracks… 1 of 2" in words_of(page(crate="crate-1"))
        assert scripted_api.asked == []

    def test_one_that_failed_says_why_and_can_be_asked_again(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        error = {"code": "internal", "message": "Out of memory", "hint": ""}
        ask = {"kind": "analysis", "tracks_upload_id": "crate-1"}
        scripted_api.all_jobs = [
            job("failed", id="analysis-1", kind="analysis", request=ask, error=error)
        ]
        app.run()
        assert "Not heard yet. Out of memory" in words_of(app)
        next(b for b in app.button if b.label == "Listen again").click().run()
        assert [what for what, _ in scripted_api.asked] == ["start", "start"]

    def test_what_was_heard_is_told_with_its_doubts(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        unsure = heard(126.0).rhythm.model_copy(update={"confidence": 0.2})
        scripted_api.analyses = {"a": heard(120.0), "b": heard(126.0, rhythm=unsure.model_dump())}
        said = words_of(page(crate="crate-1"))
        assert "Heard 2 tracks, 120 to 126 BPM. 1 track with an uncertain beat" in said


class TestTheBeat:
    @pytest.fixture
    def dialog(self, draft: AppTest) -> AppTest:
        draft.session_state["track_table"] = {"look_at": "a"}
        draft.run()
        assert not draft.exception
        return draft

    def press(self, app: AppTest, label: str) -> AppTest:
        next(b for b in app.button if b.label.startswith(label)).click()
        return app.run()

    def test_it_says_where_the_beats_lie(self, dialog: AppTest) -> None:
        assert "Before: 120\\.0 BPM, steady, first bar at 0\\.50 s" in words_of(dialog)

    @pytest.mark.parametrize(
        ("label", "fix"),
        [
            ("×2", GridFix(tempo="double")),
            ("÷2", GridFix(tempo="half")),
            ("½ beat later", GridFix(shift_beats=0.5)),
            ("The one: a beat later", GridFix(downbeat_s=1.0)),
            ("The one: a beat earlier", GridFix(downbeat_s=2.0)),
        ],
    )
    def test_a_step_is_asked_for_at_once(
        self, dialog: AppTest, scripted_api: ScriptedApi, label: str, fix: GridFix
    ) -> None:
        self.press(dialog, label)
        assert scripted_api.asked == [("fix", fix)]

    def test_a_refusal_is_told(self, dialog: AppTest, scripted_api: ScriptedApi) -> None:
        refusal = ApiError("invalid_request", "That would make 360 beats a minute.", "Less.")
        scripted_api.refusals = {"fix_analysis": refusal}
        self.press(dialog, "×2")
        assert "360 beats a minute" in words_of(dialog)


class TestWishes:
    def test_a_mix_is_made_like_a_dj_unless_asked_otherwise(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        request = asked_for(draft, scripted_api)
        assert (request.transitions, request.order) == ("dj", "given")
        assert (request.locks, request.energy_arc, request.strategist) == ([], None, "rules")
        assert request.stem_model is None

    def test_an_order_to_be_found_keeps_what_is_pinned(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        draft.get_by_key("order").set_value("auto").run()
        draft.get_by_key("energy_arc").set_value("build").run()
        arranged = {"crate_id": "crate-1", "order": ["b", "a"], "pinned": ["b", "a"]}
        draft.session_state["track_table"] = {"arrangement": arranged}
        request = asked_for(draft, scripted_api)
        assert (request.order, request.energy_arc) == ("auto", "build")
        assert request.locks == [
            PlaceLock(track_id="b", place=1),
            PlaceLock(track_id="a", place=-1),
        ]

    def test_a_drawn_curve_goes_along(self, draft: AppTest, scripted_api: ScriptedApi) -> None:
        draft.get_by_key("order").set_value("auto").run()
        draft.get_by_key("energy_arc").set_value("drawn").run()
        draft.session_state["arc_editor"] = {"points": [0.0, 0.5, 1.0]}
        assert asked_for(draft, scripted_api).energy_arc == [0.0, 0.5, 1.0]

    def test_plain_crossfades_ask_for_no_language_model(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        draft.get_by_key("strategist").set_value("llm").run()
        assert "rules step in" in words_of(draft)
        draft.get_by_key("transitions").set_value("crossfade").run()
        request = asked_for(draft, scripted_api)
        assert (request.transitions, request.strategist) == ("crossfade", "rules")

    def test_stems_are_swapped_only_where_that_is_asked_for(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        draft.get_by_key("stem_swaps").set_value(True).run()
        assert ":material/draft: Draft" in words_of(draft)
        assert asked_for(draft, scripted_api).stem_model == "draft"

    def test_a_model_to_be_fetched_for_stem_swaps_is_read_about_first(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.known_separators = TO_BE_FETCHED
        draft.get_by_key("stem_swaps").set_value(True).run()
        assert draft.button(key="start").disabled
        draft.checkbox(key="swap_separator_accepted_htdemucs").check().run()
        request = asked_for(draft, scripted_api)
        assert (request.stem_model, request.weights_notice_accepted) == ("htdemucs", True)
