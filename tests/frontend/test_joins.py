"""A mix's joins: read, seen, heard, changed, and rendered again."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobRequest, MixtapeRequest, PreviewRequest, TrackPick
from backend.app.contract.mixes import EffectView
from backend.app.contract.publishing import Publication
from frontend.components.mix_picture import filters, mix_picture
from frontend.components.player import joins_by_place
from frontend.joins import joins_of, source_at
from frontend.mix_changes import Changes, changed_request, joins_kept
from tests.frontend.dj_mix import CRATE, FINISHED, MEASURED, TIMELINE
from tests.frontend.scripted_api import ScriptedApi, artifact, heard, job
from tests.frontend.test_pages import Page, words_of

CUT = PairChoice(outgoing="a", incoming="b", kind="cut")


@pytest.fixture
def result(page: Page, scripted_api: ScriptedApi) -> AppTest:
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.all_jobs = [FINISHED]
    scripted_api.files |= {"timeline.json": TIMELINE, "report.json": MEASURED}
    scripted_api.analyses = {"a": heard(120.0), "b": heard(117.0, "E minor")}
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


class TestReading:
    def test_a_join_is_told_in_figures_and_words(self, result: AppTest) -> None:
        said = words_of(result)
        for words in ("Filter sweep, 4 bars", "2.1 % slower", "8A → 9A", "3 ms apart", "−0.4 LU"):
            assert words in said
        assert "12 % of the time" in said

    def test_each_way_that_was_not_taken_says_why(self, result: AppTest) -> None:
        assert "Ruled out: 9 % apart." in words_of(result)

    def test_tracks_that_a_newer_segue_did_not_hear_yet_are_listened_to(
        self, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.analyses = {}
        del result.session_state["heard"]
        result.run()
        assert "Listening to your tracks… 0 of 2" in words_of(result)
        assert "? → ?" in words_of(result)
        assert scripted_api.ask_of("analysis")

    def test_an_overlay_is_no_track_of_the_mix(self, result: AppTest) -> None:
        assert "2 tracks · 1:48" in words_of(result)
        assert joins_by_place(TIMELINE)[0]["incoming"] == 1

    def test_the_picture_shows_decks_bends_and_what_lies_over_them(self) -> None:
        first, over, second = mix_picture(TIMELINE)["clips"]  # type: ignore[misc]
        assert (first["deck"], second["deck"], over["overlay"]) == (0, 1, True)
        bend = second["bends"][0]
        assert (bend["start_s"], bend["end_s"]) == (48.0, 58.0)
        assert bend["percent"] == pytest.approx(-2.0)
        said = mix_picture(TIMELINE)["joins"][0]["said"]  # type: ignore[index]
        assert said.endswith("Second plays 2.0 % slower from 0:48, home again at 0:58.")

    def test_a_bass_that_waits_for_its_turn_is_out_from_the_first_beat(self) -> None:
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

    def test_what_only_plays_softer_has_nothing_filtered_away(self) -> None:
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

    def test_a_moment_of_the_mix_is_one_of_the_track(self) -> None:
        second = TIMELINE.clips[2]
        assert source_at(second, 53.0) == pytest.approx(4.9)
        assert source_at(second, 47.0) == pytest.approx(-1.0)


class TestHearing:
    def test_a_join_is_asked_for_once_and_played_when_it_is_there(
        self, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        press(result, "Hear this join")
        assert previews_of(scripted_api) == [PreviewRequest(job_id="job-1", transition=0)]
        request = previews_of(scripted_api)[0].model_dump()
        made = [artifact("preview.mp3").model_dump()]
        done = job("succeeded", id="preview-1", kind="preview", request=request, artifacts=made)
        scripted_api.all_jobs = [FINISHED, done]
        result.run()
        assert result.get("audio")[0].url == "http://localhost:8000/signed/show/preview.mp3"
        press(result, "Hear this join")
        assert len(previews_of(scripted_api)) == 1

    def test_one_that_failed_says_why(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        press(result, "Hear this join")
        request = previews_of(scripted_api)[0].model_dump()
        error = {"code": "invalid_request", "message": "The cut does not fit.", "hint": ""}
        lost = job("failed", id="preview-1", kind="preview", request=request, error=error)
        scripted_api.all_jobs = [FINISHED, lost]
        result.run()
        assert "The cut does not fit." in words_of(result)


class TestChanging:
    @pytest.fixture
    def changing(self, result: AppTest) -> AppTest:
        next(one for one in result.toggle if one.label == "Change it").set_value(True)
        result.run()
        result.get_by_key("kind_0").set_value("cut")
        result.run()
        assert not result.exception
        return result

    def test_the_moments_offered_are_the_tracks_own(self, changing: AppTest) -> None:
        leave, enter = (box.options for box in changing.selectbox)
        assert "0:48.5 — the last chorus ends, on the phrase" in leave
        assert "0:00.5 — the drums begin, on the phrase" in enter

    def test_what_is_chosen_can_be_heard(
        self, changing: AppTest, scripted_api: ScriptedApi
    ) -> None:
        changing.selectbox[0].select("0:48.5 — the last chorus ends, on the phrase").run()
        press(changing, "Hear it so")
        asked = previews_of(scripted_api)[0]
        assert isinstance(asked, PreviewRequest)
        assert asked.override == CUT.model_copy(update={"out_at_s": 48.5})

    def test_changes_wait_for_one_render_that_goes_on_from_this_mix(
        self, changing: AppTest, scripted_api: ScriptedApi
    ) -> None:
        press(changing, "Keep this change")
        assert "First → Second: **cut**" in words_of(changing).replace("\\", "")
        assert "0 of 1 join and all levels stay" in words_of(changing)
        press(changing, "Render again with these changes")
        request = scripted_api.ask_of("mixtape")
        assert isinstance(request, MixtapeRequest)
        assert (request.based_on, request.overrides) == ("job-1", [CUT])
        assert (request.order, request.locks, request.energy_arc) == ("given", [], None)
        assert changing.title[0].value == "Jobs"

    def test_a_change_can_be_dropped(self, changing: AppTest) -> None:
        press(changing, "Keep this change")
        press(changing, "Drop this change")
        assert "Nothing is changed yet." in words_of(changing)
        assert changing.button(key="again").disabled

    def test_another_order_is_a_change(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        arranged = {"crate_id": "mix job-1", "order": ["b", "a"]}
        result.session_state["mix_order"] = {"arrangement": arranged}
        result.run()
        press(result, "Render again with these changes")
        request = scripted_api.ask_of("mixtape")
        assert isinstance(request, MixtapeRequest)
        assert [pick.track_id for pick in request.tracks or []] == ["b", "a"]

    def test_a_mix_whose_tracks_are_gone_can_be_read_but_not_changed(
        self, page: Page, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {}
        result.run()
        assert "cannot be changed" in words_of(result)


class TestWhatIsKept:
    def test_a_second_wish_for_a_pair_takes_the_place_of_the_first(self) -> None:
        fade = CUT.model_copy(update={"kind": "fade"})
        assert Changes((CUT,)).with_choice(fade).choices == (fade,)

    def test_joins_count_as_kept_where_pair_and_wishes_are_the_same(self) -> None:
        assert joins_kept("abcd", "abcd", [CUT]) == 2
        assert joins_kept("abcd", "bacd", []) == 1

    def test_wishes_for_tracks_that_no_longer_meet_are_left_out(self) -> None:
        order = [TrackPick(track_id="b"), TrackPick(track_id="a")]
        request = changed_request(FINISHED, ["a", "b"], order, Changes((CUT,)))
        assert (request.overrides, request.based_on) == ([], "job-1")

    def test_a_mix_without_one_of_the_tracks_is_planned_anew(self) -> None:
        order = [TrackPick(track_id="a")]
        assert changed_request(FINISHED, ["a", "b"], order, Changes()).based_on is None

    def test_a_mix_made_again_does_not_go_online_a_second_time(self) -> None:
        assert isinstance(FINISHED.request, MixtapeRequest)
        online = FINISHED.request.model_copy(update={"publish": Publication(privacy="public")})
        job = FINISHED.model_copy(update={"request": online})
        order = [TrackPick(track_id="b"), TrackPick(track_id="a")]
        assert changed_request(job, ["a", "b"], order, Changes()).publish is None

    def test_a_mix_without_measures_still_has_its_joins(self) -> None:
        assert [join.report for join in joins_of(TIMELINE, None, {})] == [None]
