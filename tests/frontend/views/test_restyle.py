"""Restyle page: form and result."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import RestyleRequest, VideoOptions
from backend.app.contract.restyles import RestyleSettings, StemStyle
from backend.app.contract.stems import SeparatorList, SeparatorView
from frontend.sections.restyle.restyle_result import sides_of
from tests.frontend import restyle_data as data
from tests.frontend.scripted_api import CRATE, ScriptedApi, job
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.views.test_sound_library import sound


@pytest.fixture
def song(scripted_api: ScriptedApi) -> ScriptedApi:
    """One song and two sounds."""
    one = CRATE.model_copy(update={"tracks": CRATE.tracks[:1]})
    scripted_api.crates = {"crate-1": one}
    scripted_api.library = [sound(1, "vocal"), sound(2, "style")]
    return scripted_api


def opened(page: Page, **query: str) -> AppTest:
    app = page("views/restyle.py", **query)
    assert not app.exception
    return app


def asked_for(app: AppTest, api: ScriptedApi) -> RestyleRequest:
    app.button(key="start").click().run()
    assert not app.exception
    request = api.ask_of("restyle")
    assert isinstance(request, RestyleRequest)
    return request


class TestForm:
    def test_form_needs_a_song(self, page: Page, scripted_api: ScriptedApi) -> None:
        app = opened(page)
        assert app.button(key="start").disabled
        assert "Drop a song first." in words_of(app)

    def test_form_links_to_sounds_if_there_are_none(self, page: Page, song: ScriptedApi) -> None:
        song.library = []
        app = opened(page, crate="crate-1")
        assert "No sounds yet." in words_of(app)
        assert app.get_by_key("restyle_drums").options == ["Original", "Leave out"]

    def test_form_needs_a_sound_for_a_stem(self, page: Page, song: ScriptedApi) -> None:
        app = opened(page, crate="crate-1")
        assert "Choose a sound for at least one stem." in words_of(app)
        for stem in ("drums", "bass", "other", "vocals"):
            app.get_by_key(f"restyle_{stem}").set_value("off")
        app.run()
        assert "Every stem is left out: keep at least one." in words_of(app)

    def test_choices_are_sent_and_style_sounds_come_first(
        self, page: Page, song: ScriptedApi
    ) -> None:
        app = opened(page, crate="crate-1")
        app.get_by_key("restyle_drums").set_value("style")
        app.get_by_key("restyle_other").set_value("style")
        app.get_by_key("restyle_vocals").set_value("off")
        app.run()
        assert "Choose a sound for drums and other." in words_of(app)
        assert app.button(key="start").disabled
        assert app.get_by_key("restyle_drums_sound").value is None
        first = app.get_by_key("restyle_drums_sound").options[0]
        assert "Style" in first
        app.get_by_key("restyle_drums_sound").set_value("s2")
        app.get_by_key("restyle_other_sound").set_value("s1")
        app.get_by_key("restyle_other_volume").set_value(120)
        app.get_by_key("restyle_bass_volume").set_value(50)
        app.slider(key="grain_duration_ms").set_value(80)
        app.toggle(key="grain_pitch").set_value(False)
        app.text_input(key="restyle_title").set_value("Rain")
        app.toggle(key="restyle_video").set_value(True)
        request = asked_for(app.run(), song)
        assert request.config == {
            "drums": StemStyle(sound_id="s2"),
            "bass": StemStyle(volume=0.5),
            "other": StemStyle(sound_id="s1", volume=1.2),
            "vocals": StemStyle(enabled=False),
        }
        assert request.settings == RestyleSettings(grain_duration_ms=80, use_pitch_mapping=False)
        assert (request.track_id, request.title, request.format) == ("a", "Rain", "wav")
        assert request.video == VideoOptions(height=1080)

    def test_six_stem_separator_has_six_rows(self, page: Page, song: ScriptedApi) -> None:
        six = SeparatorView(
            model="htdemucs_6s",
            label="Demucs htdemucs_6s",
            draft=False,
            stems=["drums", "bass", "other", "vocals", "guitar", "piano"],
            ready=True,
        )
        song.known_separators = SeparatorList(default=six.model, separators=[six])
        assert opened(page, crate="crate-1").get_by_key("restyle_piano").value == "keep"

    def test_last_of_several_songs_is_the_default(self, page: Page, song: ScriptedApi) -> None:
        song.crates = {"crate-1": CRATE}
        app = opened(page, crate="crate-1")
        assert app.get_by_key("restyle_which_of_2").value == "b"
        app.get_by_key("restyle_which_of_2").set_value("a")
        app.get_by_key("restyle_drums").set_value("off")
        app.get_by_key("restyle_bass").set_value("style")
        app.run()
        app.get_by_key("restyle_bass_sound").set_value("s1")
        assert asked_for(app.run(), song).track_id == "a"


class TestResult:
    @pytest.fixture
    def result(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.all_jobs = [data.FINISHED]
        scripted_api.files = {**data.FILES}
        return opened(page, job="restyle-1")

    def test_running_job_shows_its_step(self, page: Page, scripted_api: ScriptedApi) -> None:
        request = RestyleRequest(track_id="a").model_dump()
        steps = [{"name": "separating_stems", "state": "running", "progress": 0.4}]
        scripted_api.all_jobs = [job(id="r", kind="restyle", request=request, steps=steps)]
        assert "Separating the stems** — 40 %" in words_of(opened(page, job="r"))

    def test_result_describes_each_stem(self, result: AppTest) -> None:
        text = words_of(result)
        assert result.title[0].value == "First, in the rain"
        assert "Replayed with 36 different grains of Rain \\*heavy\\*, 412 times" in text
        assert "Original, at 80 %" in text
        assert "Silent" in text
        assert ":orange-badge[:material/draft: Draft]" in text

    def test_restyled_stems_have_measurements(self, result: AppTest) -> None:
        lines = [caption.value for caption in result.caption]
        drums = "Nearly all onsets unchanged (93 %), loudness follows the stem closely"
        assert f"{drums} (correlation 0.95)" in lines
        assert any("most notes unchanged (86 %)" in line for line in lines)

    def test_downloads_start_with_the_mix(self, result: AppTest) -> None:
        labels = [link.label.split(" · ")[0] for link in result.get("link_button")]
        assert labels[:5] == ["WAV", "Drums", "Bass", "Other", "Drums, before"]
        assert labels[-2:] == ["All as one ZIP", "Report"]


def test_stem_has_both_sides_if_both_were_made() -> None:
    made = {artifact.name: artifact for artifact in data.FINISHED.artifacts}
    drums, bass = data.REPORT.stems[:2]
    labels = [side.label for side in sides_of(data.FINISHED, made, drums)]
    assert labels == ["Before", "After"]
    assert sides_of(data.FINISHED, made, drums)[0].path.endswith("/artifacts/before/drums.flac")
    assert [side.label for side in sides_of(data.FINISHED, made, bass)] == ["Original"]
