"""Mashup page: form, fit, result."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.descriptions import DescriptionLines, KeptDescription, KeptTemplate
from backend.app.contract.jobs import MashupRequest, VideoOptions
from backend.app.contract.mashups import MashupStem, PairFit
from backend.app.contract.publishing import DescriptionOptions
from frontend.api.errors import ApiError
from frontend.components.players.mashup_player import lanes, section_row, titles_of
from frontend.error_messages import escaped
from frontend.labels import mashup
from tests.frontend import mashup_data as data
from tests.frontend.scripted_api import CRATE, ScriptedApi, analysis, job, track
from tests.frontend.views.test_pages import Page, words_of

SHOWN = {"a": "First", "b": "Second"}


@pytest.fixture
def crate(scripted_api: ScriptedApi) -> ScriptedApi:
    """Two analysed songs."""
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.heard = {"a": analysis(124.0), "b": analysis(120.0)}
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
    """A pair of songs whose tempos cannot be matched."""
    parts = [
        part.model_copy(update={"score": 0.0}) if part.name == "tempo" else part
        for part in fit.parts
    ]
    return fit.model_copy(update={"parts": parts})


class TestForm:
    def test_form_needs_a_song(self, page: Page) -> None:
        app = opened(page)
        assert app.button(key="start").disabled
        assert "Drop at least one song first." in words_of(app)

    def test_vibes_have_captions(self, page: Page) -> None:
        (vibe,) = (radio for radio in opened(page).radio if radio.key == "vibe")
        assert len(vibe.options) == 4
        assert "Loud bass" in vibe.proto.captions[2]

    def test_description_is_asked_for(self, page: Page, crate: ScriptedApi) -> None:
        crate.kept = KeptDescription(templates=[KeptTemplate(name="Short", template="{{ title }}")])
        app = opened(page, crate="crate-1")
        app.text_area(key="mashup_intro").set_value("Two songs, one voice.")
        app.text_input(key="mashup_hashtags").set_value("#mashup #rain")
        app.selectbox(key="mashup_kept_template").set_value("Short")
        app.text_input(key="kept_licence_mashup").set_value("CC0").run()
        asked = asked_for(app, crate)
        assert asked.description == DescriptionOptions(
            intro="Two songs, one voice.",
            hashtags=["mashup", "rain"],
            template="{{ title }}",
            lines=DescriptionLines(licence="CC0"),
        )

    def test_title_survives_a_reload_until_start_over(self, page: Page, crate: ScriptedApi) -> None:
        app = opened(page, crate="crate-1", title="Rain")
        assert app.text_input(key="mashup_title").value == "Rain"
        app.text_input(key="mashup_title").set_value("Snow").run()
        assert app.query_params["title"] in ("Snow", ["Snow"])
        app.button(key="mashup_start_over").click().run()
        assert not app.exception
        assert "title" not in app.query_params
        assert not app.text_input(key="mashup_title").value

    def test_fit_is_shown_with_parts_and_reasons(self, page: Page, crate: ScriptedApi) -> None:
        text = words_of(opened(page, crate="crate-1"))
        assert "82" in text
        assert "Vocals of <b class='deck-a'>First</b> over <b class='deck-b'>Second</b>" in text
        assert "Great match · vocals 1.3 % slower · 1 semitone down · same key" in text
        assert "the chords lie where the voice does" in text
        assert "1 other pair" in text
        assert ("fits", ("crate-1", "energetic", ["a", "b"])) in crate.asked

    def test_fit_waits_for_the_analyses(self, page: Page, crate: ScriptedApi) -> None:
        crate.heard = {"a": analysis()}
        app = opened(page, crate="crate-1")
        assert "when all songs are analysed" in words_of(app)
        assert not [what for what, _ in crate.asked if what == "fits"]
        assert not app.button(key="start").disabled

    def test_failed_fit_does_not_block_the_form(self, page: Page, crate: ScriptedApi) -> None:
        crate.refusals = {"fits": ApiError("no_beat", "First has no beat.", "Leave it out.")}
        app = opened(page, crate="crate-1")
        assert "First has no beat." in words_of(app)
        assert not app.button(key="start").disabled

    def test_defaults_of_a_mashup(self, page: Page, crate: ScriptedApi) -> None:
        request = asked_for(opened(page, crate="crate-1"), crate)
        assert (request.vibe, request.vocals_from, request.model) == ("energetic", None, "draft")
        assert (request.tracks, request.formats, request.stems) == (None, ["mp3"], False)
        assert (request.stem_settings, request.video) == ({}, None)

    def test_singer_vibe_names_and_files_can_be_chosen(
        self, page: Page, crate: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1")
        app.get_by_key("singer_of_a b").set_value("b").run()
        assert "Vocals of <b class='deck-a'>Second</b>" in words_of(app)
        app.radio(key="vibe").set_value("dark").run()
        app.text_input(key="mashup_title").set_value("Both")
        app.get_by_key("mashup_formats").set_value(["mp3", "flac"])
        app.toggle(key="mashup_stems").set_value(True)
        app.toggle(key="mashup_video").set_value(True)
        app.get_by_key("mashup_playing").set_value(["bass", "other", "vocals"])
        request = asked_for(app.run(), crate)
        assert (request.vocals_from, request.vibe, request.title) == ("b", "dark", "Both")
        assert (request.formats, request.stems) == (["mp3", "flac"], True)
        assert request.stem_settings == {"drums": MashupStem(enabled=False)}
        assert request.video == VideoOptions(height=1080)

    def test_a_stem_must_play(self, page: Page, crate: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        app.get_by_key("mashup_playing").set_value([]).run()
        assert "Choose at least one stem that plays." in words_of(app)
        assert app.button(key="start").disabled

    @pytest.fixture
    def five(self, crate: ScriptedApi) -> ScriptedApi:
        """Five analysed songs, the first two with one title."""
        tracks = [track(one, "Pop" if one in "ab" else one.upper()) for one in "abcde"]
        crate.crates = {"crate-1": CRATE.model_copy(update={"tracks": tracks})}
        crate.heard = {one: analysis() for one in "abcde"}
        return crate

    def test_at_most_four_songs_can_be_picked(self, page: Page, five: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        app.get_by_key("mashup_tracks_picked").set_value(list("abcde")).run()
        assert "A mashup has at most 4 songs: pick fewer." in words_of(app)
        app.get_by_key("mashup_tracks_picked").set_value(["c", "e"]).run()
        assert "are used" not in words_of(app)
        assert asked_for(app, five).tracks == ["c", "e"]

    def test_first_four_dropped_songs_are_picked(self, page: Page, five: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        assert "The first 4 of 5 tracks are used; pick others below." in words_of(app)
        app.session_state["drop_mashup_tracks"] = {"order": list("edcba")}
        assert asked_for(app.run(), five).tracks == list("edcb")

    def test_repeated_titles_are_numbered_everywhere(self, page: Page, five: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        titles = ["Pop", "Pop (2)", "C", "D", "E"]
        assert [one for one in titles if f"<b>{one}</b>" in words_of(app)] == titles
        assert app.get_by_key("mashup_tracks_picked").options == titles
        app.get_by_key("mashup_tracks_picked").set_value(["a", "b"]).run()
        text = words_of(app)
        assert "Vocals of <b class='deck-a'>Pop</b> over <b class='deck-b'>Pop (2)</b>" in text
        assert "Vocals of Pop (2) over Pop: the chords lie" in text

    def test_song_can_be_removed_and_restored(self, page: Page, five: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        app.button(key="mashup_remove_b").click().run()
        assert not app.exception
        assert app.query_params["out"] in ("b", ["b"])
        assert "4 tracks, ready." in words_of(app)
        app.button(key="mashup_restore").click().run()
        assert "The first 4 of 5 tracks are used" in words_of(app)
        assert "out" not in app.query_params
        app.button(key="mashup_remove_b").click().run()
        assert asked_for(app, five).tracks == list("acde")

    def test_single_song_is_rearranged(self, page: Page, crate: ScriptedApi) -> None:
        crate.crates = {"crate-1": CRATE.model_copy(update={"tracks": CRATE.tracks[:1]})}
        crate.mashup_fits = data.ALONE
        app = opened(page, crate="crate-1")
        assert "alone, rearranged" in words_of(app)
        assert "of 100" not in words_of(app)  # a song always fits itself
        assert not [w for w in app.get("button_group") if "singer" in str(w.proto.id)]


class TestResult:
    @pytest.fixture
    def result(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.all_jobs = [data.FINISHED]
        scripted_api.files = {**data.FILES}
        return opened(page, job="mashup-1")

    def test_running_job_shows_its_step(self, page: Page, scripted_api: ScriptedApi) -> None:
        request = MashupRequest(tracks_upload_id="crate-1", vibe="dark").model_dump()
        steps = [{"name": "separating_stems", "state": "running", "progress": 0.4}]
        scripted_api.all_jobs = [job(id="m", kind="mashup", request=request, steps=steps)]
        assert "Separating the stems** — 40 %" in words_of(opened(page, job="m"))

    def test_result_shows_facts_and_draft_badge(self, result: AppTest) -> None:
        assert result.title[0].value == "First × Second"
        text = words_of(result)
        assert "Energetic · 127.2 BPM · A minor · 2 tracks · 1:20" in text
        assert "separated by" not in text  # the badge says it
        assert "The voice of First is not heard in its second verse\\." in text
        assert ":orange-badge[:material/draft: Draft]" in text

    def test_contour_is_drawn_and_said(self, result: AppTest) -> None:
        [drawn] = [
            one.proto.body for one in result.get("html") if 'class="contour"' in one.proto.body
        ]
        assert drawn.count("<li") == len(data.PLAN)
        assert drawn.count('class="drop"') == 2
        # the intro is 5 LU under the loudest part of a picture of 12 LU at its start, 4 at its end
        assert "polygon(0 42%,100% 33%,100% 100%,0 100%)" in drawn
        assert "+4.5 and +4.4 LU over the bars before" in drawn

    def test_mashup_of_an_earlier_version_has_no_contour(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        old = [one.model_copy(update={"loudness_lufs": None}) for one in data.REPORT.sections]
        report = data.REPORT.model_copy(update={"sections": old})
        scripted_api.all_jobs = [data.FINISHED]
        scripted_api.files = {**data.FILES, "report.json": report}
        result = opened(page, job="mashup-1")
        assert not [one for one in result.get("html") if 'class="contour"' in one.proto.body]

    def test_song_left_out_is_named_at_the_top(self, page: Page, scripted_api: ScriptedApi) -> None:
        note = "“Second” is left out: 31 % tempo change needed (limit 12 %)."
        report = data.REPORT.model_copy(update={"left_out": [note]})
        noted = data.FINISHED.model_copy(update={"notes": [note]})
        scripted_api.all_jobs = [noted]
        scripted_api.files = {**data.FILES, "report.json": report}
        result = opened(page, job="mashup-1")
        assert [warning.value for warning in result.warning] == [escaped(note)]
        assert "is left out" not in words_of(result)  # warnings are not repeated in the result

    def test_result_shows_measurements(self, result: AppTest) -> None:
        metrics = {metric.label: metric.value for metric in result.metric}
        assert metrics["Brightness"] == "3120 Hz"
        assert (metrics["Bass"], metrics["Reverb"]) == ("31 %", "3.4 %")
        assert metrics["Vocals off the beat"] == "4 ms"

    def test_sections_have_reasons_and_escaped_titles(self, result: AppTest) -> None:
        text = words_of(result)
        assert text.count("<li>") == len(data.PLAN) + 1  # and one for the other pair
        assert "&lt;b&gt;Second&lt;/b&gt;" in text
        assert "<b>Second</b>" not in text

    def test_downloads_start_with_the_mashup(self, result: AppTest) -> None:
        labels = [link.label.split(" · ")[0] for link in result.get("link_button")]
        assert labels == ["MP3", "FLAC", "Vocals", "Drums", "All as one ZIP", "Timeline", "Report"]


class TestTexts:
    def test_lanes_start_with_the_singing_song(self) -> None:
        titles = titles_of(data.TIMELINE, first="a")
        songs = lanes(data.TIMELINE, data.REPORT.sections, titles)["songs"]
        assert isinstance(songs, list)
        assert [song["title"] for song in songs] == ["First", "<b>Second</b>"]
        assert [lane["stem"] for lane in songs[0]["lanes"]] == ["Vocals", "Other"]
        assert [lane["stem"] for lane in songs[1]["lanes"]] == ["Drums", "Bass", "Other"]
        assert [len(lane["clips"]) for lane in songs[1]["lanes"]] == [4, 4, 4]
        assert "1 semitone down" in songs[0]["lanes"][0]["clips"][0]["description"]

    def test_drops_are_coloured(self) -> None:
        parts = [section_row(section, SHOWN) for section in data.REPORT.sections]
        assert [one["title"] for one in parts if one["deck"] == "a"] == ["Drop", "Drop"]
        assert parts[5]["artist"] == "First: vocals, other · Second: drums, bass"

    @pytest.mark.parametrize(
        ("score", "text"),
        [(0.9, "Great match"), (0.8, "Great match"), (0.41, "Fair match")],
    )
    def test_scores_have_grades(self, score: float, text: str) -> None:
        assert mashup.grade(score) == text

    def test_warns_of_a_song_with_a_distant_tempo(self) -> None:
        near, far = data.fit("a", "b"), [data.fit("a", "c"), data.fit("c", "b")]
        bent = far[1].model_copy(update={"tempo_change_percent": -12.5})
        titles = {"a": "First", "b": "Second", "c": "electro"}
        fits = data.FITS.model_copy(update={"pairs": [near, out_of_reach(far[0]), bent]})
        assert mashup.left_out(fits, titles, []) == [
            "“electro” will probably be left out: its tempo is too far from the others'."
        ]
        met = fits.model_copy(update={"pairs": [near, *far]})
        assert not mashup.left_out(met, titles, [])

    def test_warns_of_distant_tempos_and_missing_beats(self) -> None:
        apart = data.FITS.model_copy(update={"pairs": [out_of_reach(data.fit())]})
        (text,) = mashup.left_out(apart, SHOWN, [])
        assert text.startswith("The tempos of “First” and “Second” are too far apart")
        (text,) = mashup.left_out(apart, SHOWN, ["b"])
        assert text == "“Second” will probably be left out: no clear beat was found."
        assert not mashup.left_out(data.ALONE, {"a": "First"}, [])

    def test_changes_of_the_vocals(self) -> None:
        twice = data.fit().model_copy(
            update={"tempo_factor": 2.0, "pitch_semitones": 2, "key_distance": None}
        )
        assert mashup.changes(twice) == [
            "vocals 1.3 % slower",
            "in double time",
            "2 semitones up",
            "key unknown",
        ]
