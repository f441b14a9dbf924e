"""Mashup: songs and a vibe in, the fit shown before, and what came out."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import MashupRequest
from backend.app.contract.mashups import PairFit
from frontend import mashup_words
from frontend.api_client import ApiError
from frontend.components.mashup_player import lanes, part, titles_of
from tests.frontend import mashup_data as data
from tests.frontend.scripted_api import CRATE, ScriptedApi, heard, job, track
from tests.frontend.test_pages import Page, words_of

SHOWN = {"a": "First", "b": "Second"}


@pytest.fixture
def crate(scripted_api: ScriptedApi) -> ScriptedApi:
    """Two songs that were heard."""
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.analyses = {"a": heard(124.0), "b": heard(120.0)}
    scripted_api.mashup_fits = data.FITS
    return scripted_api


def opened(page: Page, **query: str) -> AppTest:
    app = page("views/mashup.py", **query)
    assert not app.exception
    return app


def asked_for(app: AppTest, api: ScriptedApi) -> MashupRequest:
    app.button(key="start").click().run()
    assert not app.exception
    request = api.ask_of("mashup")
    assert isinstance(request, MashupRequest)
    return request


def out_of_reach(fit: PairFit) -> PairFit:
    """The pair, with tempos that cannot meet."""
    parts = [
        part.model_copy(update={"score": 0.0}) if part.name == "tempo" else part
        for part in fit.parts
    ]
    return fit.model_copy(update={"parts": parts})


class TestAsking:
    def test_without_songs_it_says_what_to_do(self, page: Page) -> None:
        app = opened(page)
        assert app.button(key="start").disabled
        assert "Drop at least one song first." in words_of(app)

    def test_each_vibe_says_what_it_does(self, page: Page) -> None:
        (vibe,) = (radio for radio in opened(page).radio if radio.key == "vibe")
        assert len(vibe.options) == 4
        assert "Bass to the front" in vibe.proto.captions[2]

    def test_its_names_are_in_the_address_until_it_is_begun_anew(
        self, page: Page, crate: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1", title="Rain")
        assert app.text_input(key="mashup_title").value == "Rain"
        app.text_input(key="mashup_title").set_value("Snow").run()
        assert app.query_params["title"] in ("Snow", ["Snow"])
        app.button(key="mashup_start_over").click().run()
        assert not app.exception
        assert "title" not in app.query_params
        assert not app.text_input(key="mashup_title").value

    def test_the_fit_is_shown_before_with_its_parts_and_reasons(
        self, page: Page, crate: ScriptedApi
    ) -> None:
        said = words_of(opened(page, crate="crate-1"))
        assert "82" in said
        assert "The voice of <b class='deck-a'>First</b> over <b class='deck-b'>Second</b>" in said
        assert "Fits very well · voice 1.3 % slower · 1 semitone down · same key" in said
        assert "the chords lie where the voice does" in said
        assert "1 other pair" in said
        assert ("fits", ("crate-1", "energetic", ["a", "b"])) in crate.asked

    def test_before_the_songs_were_heard_there_is_no_fit(
        self, page: Page, crate: ScriptedApi
    ) -> None:
        crate.analyses = {"a": heard()}
        app = opened(page, crate="crate-1")
        assert "as soon as all songs have been heard" in words_of(app)
        assert not [what for what, _ in crate.asked if what == "fits"]
        assert not app.button(key="start").disabled

    def test_a_fit_that_is_refused_does_not_take_the_page_away(
        self, page: Page, crate: ScriptedApi
    ) -> None:
        crate.refusals = {"fits": ApiError("no_beat", "First has no beat.", "Leave it out.")}
        app = opened(page, crate="crate-1")
        assert "First has no beat." in words_of(app)
        assert not app.button(key="start").disabled

    def test_as_it_stands_who_fits_best_sings(self, page: Page, crate: ScriptedApi) -> None:
        request = asked_for(opened(page, crate="crate-1"), crate)
        assert (request.vibe, request.vocals_from, request.model) == ("energetic", None, "draft")
        assert (request.tracks, request.formats, request.stems) == (None, ["mp3"], False)

    def test_singer_vibe_names_and_files_are_for_the_person_to_say(
        self, page: Page, crate: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1")
        app.get_by_key("singer_of_a b").set_value("b").run()
        assert "The voice of <b class='deck-a'>Second</b>" in words_of(app)
        app.radio(key="vibe").set_value("dark").run()
        app.text_input(key="mashup_title").set_value("Both")
        app.get_by_key("mashup_formats").set_value(["mp3", "flac"])
        app.toggle(key="mashup_stems").set_value(True)
        request = asked_for(app.run(), crate)
        assert (request.vocals_from, request.vibe, request.title) == ("b", "dark", "Both")
        assert (request.formats, request.stems) == (["mp3", "flac"], True)

    @pytest.fixture
    def five(self, crate: ScriptedApi) -> ScriptedApi:
        """Five songs, the first two of one name, each of them heard."""
        tracks = [track(one, "Pop" if one in "ab" else one.upper()) for one in "abcde"]
        crate.crates = {"crate-1": CRATE.model_copy(update={"tracks": tracks})}
        crate.analyses = {one: heard() for one in "abcde"}
        return crate

    def test_of_a_larger_crate_four_at_most_are_picked(self, page: Page, five: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        app.get_by_key("mashup_tracks_picked").set_value(list("abcde")).run()
        assert "A mashup has at most 4 songs: pick fewer." in words_of(app)
        app.get_by_key("mashup_tracks_picked").set_value(["c", "e"]).run()
        assert "are taken" not in words_of(app)
        assert asked_for(app, five).tracks == ["c", "e"]

    def test_the_first_four_that_were_dropped_are_taken_and_that_is_said(
        self, page: Page, five: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1")
        assert "5 tracks: the first 4 are taken; choose others below." in words_of(app)
        app.session_state["drop_mashup_tracks"] = {"order": list("edcba")}
        assert asked_for(app.run(), five).tracks == list("edcb")

    def test_songs_of_one_name_are_told_apart_alike_wherever_they_are_named(
        self, page: Page, five: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1")
        told = ["Pop", "Pop (2)", "C", "D", "E"]
        assert [one for one in told if f"<b>{one}</b>" in words_of(app)] == told
        assert app.get_by_key("mashup_tracks_picked").options == told
        app.get_by_key("mashup_tracks_picked").set_value(["a", "b"]).run()
        said = words_of(app)
        assert "The voice of <b class='deck-a'>Pop</b> over <b class='deck-b'>Pop (2)</b>" in said
        assert "The voice of Pop (2) over Pop: the chords lie" in said

    def test_a_song_is_taken_off_the_list_and_brought_back(
        self, page: Page, five: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1")
        app.button(key="mashup_take_off_b").click().run()
        assert not app.exception
        assert app.query_params["out"] in ("b", ["b"])
        assert "4 tracks, ready." in words_of(app)
        app.button(key="mashup_bring_back").click().run()
        assert "5 tracks: the first 4 are taken" in words_of(app)
        assert "out" not in app.query_params
        app.button(key="mashup_take_off_b").click().run()
        assert asked_for(app, five).tracks == list("acde")

    def test_one_song_alone_is_an_edit_of_itself(self, page: Page, crate: ScriptedApi) -> None:
        crate.crates = {"crate-1": CRATE.model_copy(update={"tracks": CRATE.tracks[:1]})}
        crate.mashup_fits = data.ALONE
        app = opened(page, crate="crate-1")
        assert "an edit of itself" in words_of(app)
        assert not [w for w in app.get("button_group") if "singer" in str(w.proto.id)]


class TestResult:
    @pytest.fixture
    def result(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.all_jobs = [data.FINISHED]
        scripted_api.files = {**data.FILES}
        return opened(page, job="mashup-1")

    def test_a_job_at_work_is_followed(self, page: Page, scripted_api: ScriptedApi) -> None:
        request = MashupRequest(tracks_upload_id="crate-1", vibe="dark").model_dump()
        steps = [{"name": "separating_stems", "state": "running", "progress": 40.0}]
        scripted_api.all_jobs = [job(id="m", kind="mashup", request=request, steps=steps)]
        assert "Taking the songs apart** — 40 %" in words_of(opened(page, job="m"))

    def test_it_says_what_it_is_and_that_it_is_a_draft(self, result: AppTest) -> None:
        assert result.title[0].value == "First × Second"
        said = words_of(result)
        assert "Energetic · 127.2 BPM · A minor · 2 tracks · 1:20 · taken apart by Draft" in said
        assert "The voice of First is not heard in its second verse\\." in said
        assert ":orange-badge[:material/draft: Draft]" in said

    def test_what_was_measured_is_told(self, result: AppTest) -> None:
        told = {metric.label: metric.value for metric in result.metric}
        assert told["Brightness"] == "3120 Hz"
        assert (told["Bass"], told["Space"]) == ("31 %", "3.4 %")
        assert told["Voice off the beat"] == "4 ms"

    def test_every_section_has_its_reason_and_no_tag_becomes_markup(self, result: AppTest) -> None:
        said = words_of(result)
        assert said.count("<li>") == len(data.PLAN) + 1  # and the pair that was not taken
        assert "&lt;b&gt;Second&lt;/b&gt;" in said
        assert "<b>Second</b>" not in said

    def test_files_come_by_links_the_mashup_first(self, result: AppTest) -> None:
        labels = [link.label.split(" · ")[0] for link in result.get("link_button")]
        assert labels == ["MP3", "FLAC", "Vocals", "Drums", "Timeline", "Report", "All as one ZIP"]


class TestWords:
    def test_a_lane_for_every_stem_of_every_song_who_sings_first(self) -> None:
        titles = titles_of(data.TIMELINE, first="a")
        songs = lanes(data.TIMELINE, data.REPORT.sections, titles)["songs"]
        assert isinstance(songs, list)
        assert [song["title"] for song in songs] == ["First", "<b>Second</b>"]
        assert [lane["stem"] for lane in songs[0]["lanes"]] == ["Vocals", "Other"]
        assert [lane["stem"] for lane in songs[1]["lanes"]] == ["Drums", "Bass", "Other"]
        assert [len(lane["clips"]) for lane in songs[1]["lanes"]] == [4, 4, 4]
        assert "1 semitone down" in songs[0]["lanes"][0]["clips"][0]["said"]

    def test_drops_stand_out(self) -> None:
        parts = [part(section, SHOWN) for section in data.REPORT.sections]
        assert [one["title"] for one in parts if one["deck"] == "a"] == ["Drop", "Drop"]
        assert parts[5]["artist"] == "First: vocals, other · Second: drums, bass"

    @pytest.mark.parametrize(
        ("score", "said"),
        [(0.9, "fits very well"), (0.8, "fits very well"), (0.41, "can be made to fit")],
    )
    def test_scores_have_words(self, score: float, said: str) -> None:
        assert mashup_words.grade(score) == said

    def test_a_song_that_no_other_can_meet_is_told_before(self) -> None:
        near, far = data.fit("a", "b"), [data.fit("a", "c"), data.fit("c", "b")]
        bent = far[1].model_copy(update={"tempo_change_percent": -12.5})
        titles = {"a": "First", "b": "Second", "c": "electro"}
        fits = data.FITS.model_copy(update={"pairs": [near, out_of_reach(far[0]), bent]})
        assert mashup_words.left_out(fits, titles, []) == [
            "“electro” will probably be left out: its tempo is too far from the others'."
        ]
        met = fits.model_copy(update={"pairs": [near, *far]})
        assert not mashup_words.left_out(met, titles, [])

    def test_songs_that_cannot_meet_at_all_and_songs_without_a_beat_are_told(self) -> None:
        apart = data.FITS.model_copy(update={"pairs": [out_of_reach(data.fit())]})
        (said,) = mashup_words.left_out(apart, SHOWN, [])
        assert said.startswith("The tempos of “First” and “Second” are too far apart")
        (said,) = mashup_words.left_out(apart, SHOWN, ["b"])
        assert said == "“Second” will probably be left out: it has no beat that can be followed."
        assert not mashup_words.left_out(data.ALONE, {"a": "First"}, [])

    def test_changes_are_told_in_words(self) -> None:
        twice = data.fit().model_copy(
            update={"tempo_factor": 2.0, "pitch_semitones": 2, "key_distance": None}
        )
        assert mashup_words.changes(twice) == [
            "voice 1.3 % slower",
            "in double time",
            "2 semitones up",
            "key unknown",
        ]
