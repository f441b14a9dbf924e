"""A mix's joins: figures, previews, changes, new render."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.analysis import KeySection
from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobRequest, JobView, MixtapeRequest, PreviewRequest, TrackPick
from backend.app.contract.mixes import EffectView
from backend.app.contract.publishing import Publication
from frontend.components.players.mix_picture import filters, mix_picture
from frontend.components.players.mix_player import joins_by_place
from frontend.state.joins import joins_of, source_at
from frontend.state.mix_changes import Changes, rerender_request, unchanged_joins
from tests.frontend.dj_mix import CRATE, FINISHED, MEASURED, TIMELINE
from tests.frontend.scripted_api import ScriptedApi, analysis, artifact, job
from tests.frontend.views.test_pages import Page, words_of
from tests.patience import PATIENCE_S

CUT = PairChoice(outgoing="a", incoming="b", kind="cut")


@pytest.fixture
def result(page: Page, scripted_api: ScriptedApi) -> AppTest:
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.all_jobs = [FINISHED]
    scripted_api.files |= {"timeline.json": TIMELINE, "report.json": MEASURED}
    scripted_api.heard = {"a": analysis(120.0), "b": analysis(117.0, "E minor")}
    page("views/result.py")
    app = page("views/result.py", job="job-1")
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(b for b in app.button if b.label == label).click()
    app.run()
    assert not app.exception
    return app


def previews_of(api: ScriptedApi) -> list[JobRequest]:
    return [ask for what, ask in api.asked if what == "start" and isinstance(ask, PreviewRequest)]


class TestFigures:
    def test_join_shows_figures(self, result: AppTest) -> None:
        text = words_of(result)
        for words in ("Filter sweep, 4 bars", "2.1 % slower", "8A → 9A", "3 ms apart", "−0.4 LU"):
            assert words in text
        assert "12 % of the time" in text

    def test_alternatives_show_their_reason(self, result: AppTest) -> None:
        assert "Tempos are 9 % apart." in words_of(result)

    def test_analyses_of_all_tracks_are_asked_for_once(
        self, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        result.run()
        assert scripted_api.asked_analyses == [["a", "b"]]

    def test_missing_analyses_are_started(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        scripted_api.heard = {}
        for track_id in ("a", "b"):
            del result.session_state[f"analyses {track_id}"]
        result.run()
        assert "Analysing your tracks… 0 of 2" in words_of(result)
        assert "? → ?" in words_of(result)
        assert scripted_api.ask_of("analysis")

    def test_overlays_do_not_count_as_tracks(self, result: AppTest) -> None:
        assert "2 tracks · 1:48" in words_of(result)
        assert joins_by_place(TIMELINE)[0]["incoming"] == 1

    def test_picture_shows_decks_tempo_changes_and_overlays(self) -> None:
        first, over, second = mix_picture(TIMELINE)["clips"]  # type: ignore[misc]
        assert (first["deck"], second["deck"], over["overlay"]) == (0, 1, True)
        bend = second["tempo_changes"][0]
        assert (bend["start_s"], bend["end_s"]) == (48.0, 58.0)
        assert bend["percent"] == pytest.approx(-2.0)
        text = mix_picture(TIMELINE)["joins"][0]["description"]  # type: ignore[index]
        assert text.endswith("Second plays 2.0 % slower from 0:48, back to its own tempo at 0:58.")

    def test_filter_holds_its_first_value_from_the_start(self) -> None:
        swap = EffectView(
            kind="low_shelf",
            start_s=48.0,
            end_s=56.0,
            shares=[(51.0, 1.0), (52.0, 0.0)],
            frequency_hz=120.0,
            to_frequency_hz=None,
            gain_db=-26.0,
        )
        treble = swap.model_copy(update={"kind": "high_shelf"})
        [shown] = filters([swap, treble])
        assert shown["label"] == "bass and treble out"
        assert shown["points"] == [(48.0, 1.0), (51.0, 1.0), (52.0, 0.0), (56.0, 0.0)]

    def test_level_changes_are_not_shown_as_filters(self) -> None:
        softer = EffectView(
            kind="level",
            start_s=48.0,
            end_s=56.0,
            shares=[(48.0, 1.0)],
            frequency_hz=0.0,
            to_frequency_hz=None,
            gain_db=-4.0,
        )
        assert filters([softer]) == []

    def test_keys_are_those_at_the_join(self) -> None:
        known = {"a": analysis(120.0), "b": analysis(117.0, "E minor")}
        [join] = joins_of(TIMELINE, MEASURED, known)
        changes_s = join.left_at_s - 1.0
        parts = [
            KeySection(start_s=0.0, end_s=changes_s, key="A minor", confidence=0.9),
            KeySection(start_s=changes_s, end_s=60.0, key="Bb minor", confidence=0.8),
        ]
        harmony = known["a"].harmony.model_copy(update={"sections": parts})
        changing = known["a"].model_copy(update={"harmony": harmony})
        [join] = joins_of(TIMELINE, MEASURED, {**known, "a": changing})
        keys = [one.key for one in join.harmonies if one]
        assert keys == ["Bb minor", "E minor"]

    def test_mix_time_maps_to_track_time(self) -> None:
        second = TIMELINE.clips[2]
        assert source_at(second, 53.0) == pytest.approx(4.9)
        assert source_at(second, 47.0) == pytest.approx(-1.0)


class TestPreviews:
    def test_preview_is_started_once_and_played(
        self, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        press(result, "Play this transition")
        assert previews_of(scripted_api) == [PreviewRequest(job_id="job-1", transition=0)]
        request = previews_of(scripted_api)[0].model_dump()
        made = [artifact("preview.mp3").model_dump()]
        done = job("succeeded", id="preview-1", kind="preview", request=request, artifacts=made)
        scripted_api.all_jobs = [FINISHED, done]
        result.run()
        assert result.get("audio")[0].url == "http://localhost:8000/signed/show/preview.mp3"
        press(result, "Play this transition")
        assert len(previews_of(scripted_api)) == 1

    def test_page_plays_a_quick_preview_without_another_run(
        self, result: AppTest, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("frontend.state.previews.USUAL_S", PATIENCE_S)
        looked, running = list[str](), scripted_api.job

        def job_of(job_id: str) -> JobView:
            looked.append(job_id)
            is_made = looked.count("preview-1") > 3
            return running(job_id).model_copy(update={"status": "succeeded"} if is_made else {})

        monkeypatch.setattr(scripted_api, "job", job_of)
        press(result, "Play this transition")
        assert result.get("audio")[0].url == "http://localhost:8000/signed/show/preview.mp3"
        assert "progress_activity" not in words_of(result)

    def test_failed_preview_shows_its_error(
        self, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        press(result, "Play this transition")
        request = previews_of(scripted_api)[0].model_dump()
        error = {"code": "invalid_request", "message": "The cut does not fit.", "hint": ""}
        lost = job("failed", id="preview-1", kind="preview", request=request, error=error)
        scripted_api.all_jobs = [FINISHED, lost]
        result.run()
        assert "The cut does not fit." in words_of(result)


class TestChanges:
    @pytest.fixture
    def changing(self, result: AppTest) -> AppTest:
        next(one for one in result.toggle if one.label == "Change it").set_value(True)
        result.run()
        result.get_by_key("kind_0").set_value("cut")
        result.run()
        assert not result.exception
        return result

    def test_cue_points_are_offered(self, changing: AppTest) -> None:
        leave, enter = (box.options for box in changing.selectbox)
        assert "0:48.5 — the last chorus ends, on the phrase" in leave
        assert "0:00.5 — the drums begin, on the phrase" in enter

    def test_change_can_be_previewed(self, changing: AppTest, scripted_api: ScriptedApi) -> None:
        changing.selectbox[0].select("0:48.5 — the last chorus ends, on the phrase").run()
        press(changing, "Preview the change")
        asked = previews_of(scripted_api)[0]
        assert isinstance(asked, PreviewRequest)
        assert asked.override == CUT.model_copy(update={"out_at_s": 48.5})

    def test_changes_are_rendered_based_on_this_mix(
        self, changing: AppTest, scripted_api: ScriptedApi
    ) -> None:
        press(changing, "Save this change")
        assert "First → Second: **cut**" in words_of(changing).replace("\\", "")
        assert "0 of 1 transition and all levels stay" in words_of(changing)
        press(changing, "Render again with these changes")
        request = scripted_api.ask_of("mixtape")
        assert isinstance(request, MixtapeRequest)
        assert (request.based_on, request.overrides) == ("job-1", [CUT])
        assert (request.order, request.locks, request.energy_arc) == ("given", [], None)
        assert changing.title[0].value == "Jobs"

    def test_change_can_be_removed(self, changing: AppTest) -> None:
        press(changing, "Save this change")
        press(changing, "Remove this change")
        assert "No changes yet." in words_of(changing)
        assert changing.button(key="again").disabled

    def test_new_order_can_be_rendered(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        arranged = {"crate_id": "mix job-1", "order": ["b", "a"]}
        result.session_state["mix_order"] = {"arrangement": arranged}
        result.run()
        press(result, "Render again with these changes")
        request = scripted_api.ask_of("mixtape")
        assert isinstance(request, MixtapeRequest)
        assert [pick.track_id for pick in request.tracks or []] == ["b", "a"]

    def test_mix_without_its_tracks_cannot_be_changed(
        self, page: Page, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {}
        result.run()
        assert "cannot be changed" in words_of(result)


class TestRerenderRequest:
    def test_second_change_of_a_pair_replaces_the_first(self) -> None:
        fade = CUT.model_copy(update={"kind": "fade"})
        assert Changes((CUT,)).with_choice(fade).choices == (fade,)

    def test_joins_of_the_same_pair_without_changes_are_kept(self) -> None:
        assert unchanged_joins("abcd", "abcd", [CUT]) == 2
        assert unchanged_joins("abcd", "bacd", []) == 1

    def test_changes_of_separated_pairs_are_omitted(self) -> None:
        order = [TrackPick(track_id="b"), TrackPick(track_id="a")]
        request = rerender_request(FINISHED, ["a", "b"], order, Changes((CUT,)))
        assert (request.overrides, request.based_on) == ([], "job-1")

    def test_mix_with_other_tracks_has_no_base(self) -> None:
        order = [TrackPick(track_id="a")]
        assert rerender_request(FINISHED, ["a", "b"], order, Changes()).based_on is None

    def test_rerender_does_not_publish_again(self) -> None:
        assert isinstance(FINISHED.request, MixtapeRequest)
        online = FINISHED.request.model_copy(update={"publish": Publication(privacy="public")})
        job = FINISHED.model_copy(update={"request": online})
        order = [TrackPick(track_id="b"), TrackPick(track_id="a")]
        assert rerender_request(job, ["a", "b"], order, Changes()).publish is None

    def test_joins_without_report(self) -> None:
        assert [join.report for join in joins_of(TIMELINE, None, {})] == [None]

    def test_report_of_another_number_of_joins_is_not_used(self) -> None:
        other = MEASURED.model_copy(update={"transitions": MEASURED.transitions * 2})
        assert [join.report for join in joins_of(TIMELINE, other, {})] == [None]
        assert [join.report for join in joins_of(TIMELINE, MEASURED, {})] == MEASURED.transitions

    def test_crossfades_are_planned_from_scratch(self) -> None:
        assert isinstance(FINISHED.request, MixtapeRequest)
        plain = FINISHED.request.model_copy(update={"transitions": "crossfade"})
        order = [TrackPick(track_id="a"), TrackPick(track_id="b")]
        job = FINISHED.model_copy(update={"request": plain})
        request = rerender_request(job, ["a", "b"], order, Changes((CUT,)))
        assert (request.overrides, request.based_on) == ([], None)
