"""New mixtape with DJ transitions: analysis, corrections, options."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.analysis import GridFix
from backend.app.contract.dj import PlaceLock
from backend.app.contract.jobs import AnalysisRequest, MixtapeRequest
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import CRATE, ScriptedApi, analysis, job
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.views.test_stems_page import NEEDS_DOWNLOAD
from tests.frontend.youtube_data import TEMPLATE


@pytest.fixture
def draft(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """A crate of two analysed tracks."""
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.heard = {"a": analysis(120.0), "b": analysis(126.0)}
    return page(crate="crate-1")


def asked_for(app: AppTest, api: ScriptedApi) -> MixtapeRequest:
    app.button(key="start").click().run()
    assert not app.exception
    request = api.ask_of("mixtape")
    assert isinstance(request, MixtapeRequest)
    return request


class TestAnalysis:
    def test_crate_is_analysed_once(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        assert "Analysing your tracks… 0 of 2" in words_of(app)
        app.run()
        app.run()
        request = AnalysisRequest(tracks_upload_id="crate-1")
        assert [ask for what, ask in scripted_api.asked if what == "start"] == [request]

    def test_mix_can_start_before_the_analysis(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        assert not page(crate="crate-1").button(key="start").disabled

    def test_running_analysis_is_followed_after_a_reload(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        ask = {"kind": "analysis", "tracks_upload_id": "crate-1"}
        scripted_api.all_jobs = [job(id="earlier", kind="analysis", request=ask)]
        scripted_api.heard = {"a": analysis()}
        assert "Analysing your tracks… 1 of 2" in words_of(page(crate="crate-1"))
        assert scripted_api.asked == []

    def test_failed_analysis_can_be_restarted(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        error = {"code": "internal", "message": "Out of memory", "hint": ""}
        ask = {"kind": "analysis", "tracks_upload_id": "crate-1"}
        scripted_api.all_jobs = [
            job("failed", id="analysis-1", kind="analysis", request=ask, error=error)
        ]
        app.run()
        assert "Analysis failed. Out of memory" in words_of(app)
        next(b for b in app.button if b.label == "Analyse again").click().run()
        assert [what for what, _ in scripted_api.asked] == ["start", "start"]

    def test_summary_mentions_uncertain_beats(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        unsure = analysis(126.0).rhythm.model_copy(update={"confidence": 0.2})
        scripted_api.heard = {
            "a": analysis(120.0),
            "b": analysis(126.0, rhythm=unsure.model_dump()),
        }
        text = words_of(page(crate="crate-1"))
        assert "Analysed 2 tracks, 120 to 126 BPM. Check 1 track with an uncertain beat" in text


class TestCorrections:
    @pytest.fixture
    def dialog(self, draft: AppTest) -> AppTest:
        draft.session_state["track_table"] = {"opened": "a"}
        draft.run()
        assert not draft.exception
        return draft

    def press(self, app: AppTest, label: str) -> AppTest:
        next(b for b in app.button if b.label.startswith(label)).click()
        return app.run()

    def test_dialog_shows_the_grid(self, dialog: AppTest) -> None:
        assert "Before: 120\\.0 BPM, steady, first bar at 0\\.50 s" in words_of(dialog)

    def test_dialog_stays_until_done(self, dialog: AppTest) -> None:
        dialog.session_state["track_table"] = {}
        assert "Before: 120" in words_of(dialog.run())  # the page is redrawn for another reason
        assert "Before: 120" not in words_of(self.press(dialog, "Done"))

    @pytest.mark.parametrize(
        ("label", "fix"),
        [
            ("×2", GridFix(tempo="double")),
            ("÷2", GridFix(tempo="half")),
            ("½ beat later", GridFix(shift_beats=0.5)),
            ("Downbeat later", GridFix(downbeat_s=1.0)),
            ("Downbeat earlier", GridFix(downbeat_s=2.0)),
        ],
    )
    def test_correction_is_saved(
        self, dialog: AppTest, scripted_api: ScriptedApi, label: str, fix: GridFix
    ) -> None:
        self.press(dialog, label)
        assert scripted_api.asked == [("fix", fix)]

    def test_refused_correction_shows_its_error(
        self, dialog: AppTest, scripted_api: ScriptedApi
    ) -> None:
        refusal = ApiError("invalid_request", "That would make 360 beats a minute.", "Less.")
        scripted_api.refusals = {"fix_analysis": refusal}
        self.press(dialog, "×2")
        assert "360 beats a minute" in words_of(dialog)


class TestOptions:
    def test_defaults_of_a_mix(self, draft: AppTest, scripted_api: ScriptedApi) -> None:
        request = asked_for(draft, scripted_api)
        assert (request.transitions, request.order) == ("dj", "given")
        assert (request.locks, request.energy_arc, request.strategist) == ([], None, "rules")
        assert request.stem_model is None

    def test_total_subtracts_crossfades_only_where_there_are_some(self, draft: AppTest) -> None:
        def crossfade_s() -> float:
            widgets = [json.loads(one.proto.json) for one in draft.get("bidi_component")]
            (table,) = [one for one in widgets if "crossfade_s" in one]
            return float(table["crossfade_s"])

        assert crossfade_s() == 0.0
        draft.get_by_key("transitions").set_value("crossfade").run()
        assert crossfade_s() == 8.0

    def test_automatic_order_keeps_pinned_tracks(
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

    def test_drawn_energy_curve_is_sent(self, draft: AppTest, scripted_api: ScriptedApi) -> None:
        draft.get_by_key("order").set_value("auto").run()
        draft.get_by_key("energy_arc").set_value("drawn").run()
        draft.session_state["arc_editor"] = {"points": [0.0, 0.5, 1.0]}
        assert asked_for(draft, scripted_api).energy_arc == [0.0, 0.5, 1.0]

    def test_crossfades_use_no_language_model(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        draft.get_by_key("strategist").set_value("llm").run()
        assert "the rules plan instead" in words_of(draft)
        draft.get_by_key("transitions").set_value("crossfade").run()
        request = asked_for(draft, scripted_api)
        assert (request.transitions, request.strategist) == ("crossfade", "rules")

    def test_language_model_is_offered_only_where_there_is_one(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        without = TEMPLATE.model_copy(update={"has_language_model": False})
        draft.session_state["words_template"] = without
        draft.run()
        keys = [group.proto.id for group in draft.get("button_group")]
        assert not [key for key in keys if "strategist" in key or "writer" in key]
        assert asked_for(draft, scripted_api).strategist == "rules"

    def test_page_says_how_much_of_a_song_may_be_left_out(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        assert "usually up to 10 %, never a chorus" in words_of(draft)
        assert not asked_for(draft, scripted_api).keep_whole

    def test_songs_can_be_kept_whole(self, draft: AppTest, scripted_api: ScriptedApi) -> None:
        draft.get_by_key("keep_whole").set_value(True).run()
        assert "for up to two seconds at each end" in words_of(draft)
        assert asked_for(draft, scripted_api).keep_whole

    def test_stem_swaps_can_be_chosen(self, draft: AppTest, scripted_api: ScriptedApi) -> None:
        draft.get_by_key("stem_swaps").set_value(True).run()
        assert "bleed between its stems" in words_of(draft)
        assert asked_for(draft, scripted_api).stem_model == "draft"

    def test_stem_swaps_need_the_model_notice(
        self, draft: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.known_separators = NEEDS_DOWNLOAD
        draft.get_by_key("stem_swaps").set_value(True).run()
        assert draft.button(key="start").disabled
        draft.checkbox(key="swap_separator_accepted_htdemucs").check().run()
        request = asked_for(draft, scripted_api)
        assert (request.stem_model, request.weights_notice_accepted) == ("htdemucs", True)
