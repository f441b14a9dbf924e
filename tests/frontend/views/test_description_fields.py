"""Fields of a description that are kept for the next mix, and names with links."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.descriptions import DescriptionLines, KeptDescription, KeptTemplate
from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.publishing import DescriptionOptions
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import CRATE, ScriptedApi
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.views.test_publish_page import PublishPage
from tests.frontend.youtube_data import WRITTEN

LINES = DescriptionLines(links="https://ada.example", licence="CC BY 4.0")
SHORT = KeptTemplate(name="Short", template="{{ title }}")


def description_sent(scripted_api: ScriptedApi) -> DescriptionOptions:
    request = scripted_api.ask_of("mixtape")
    assert isinstance(request, MixtapeRequest)
    return request.description


def previewed(scripted_api: ScriptedApi) -> DescriptionOptions:
    return [ask for what, ask in scripted_api.asked if what == "words"][-1]


@pytest.fixture
def form(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """New mixtape with a crate, for a user who keeps lines and a template."""
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.kept = KeptDescription(lines=LINES, templates=[SHORT])
    return page(crate="crate-1")


class TestNewMixtape:
    def test_kept_lines_are_shown_and_left_to_the_server(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        assert form.text_area(key="kept_links_mixtape").value == "https://ada.example"
        assert form.button(key="keep_mixtape").disabled
        form.button(key="start").click().run()
        assert not form.exception
        assert description_sent(scripted_api) == DescriptionOptions()

    def test_lines_that_are_not_kept_count_for_this_mix(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.text_input(key="kept_support_mixtape").set_value("Help").run()
        assert "For this mix only, until you keep them." in words_of(form)
        form.button(key="start").click().run()
        assert description_sent(scripted_api).lines == LINES.model_copy(update={"support": "Help"})
        assert scripted_api.kept.lines == LINES

    def test_lines_are_kept_beside_the_templates(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.text_input(key="kept_support_mixtape").set_value("Help").run()
        form.button(key="keep_mixtape").click().run()
        assert not form.exception
        kept = KeptDescription(
            lines=LINES.model_copy(update={"support": "Help"}), templates=[SHORT]
        )
        assert scripted_api.kept == kept
        assert form.button(key="keep_mixtape").disabled

    def test_refusal_to_keep_is_shown(self, form: AppTest, scripted_api: ScriptedApi) -> None:
        scripted_api.refusals["keep_description"] = ApiError("busy", "Too much at once.")
        form.text_input(key="kept_support_mixtape").set_value("Help").run()
        form.button(key="keep_mixtape").click().run()
        assert "Too much at once." in words_of(form)

    def test_kept_template_is_offered_by_name(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.selectbox(key="kept_template").set_value("Short").run()
        form.button(key="start").click().run()
        assert description_sent(scripted_api).template == "{{ title }}"

    def test_names_with_links_are_shown_before_they_go_online(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        first, *others = CRATE.tracks
        linked = first.model_copy(update={"title": "Rain [www.pirate.example]", "has_link": True})
        scripted_api.crates = {"crate-1": CRATE.model_copy(update={"tracks": [linked, *others]})}
        app = page(crate="crate-1")
        assert "**1 name with links or mentions:**" in words_of(app)
        assert "pirate" in words_of(app)
        app.toggle(key="links_in_names").set_value(True).run()
        app.button(key="start").click().run()
        assert description_sent(scripted_api).links_in_names


class TestPublish:
    def test_template_is_kept_and_removed(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        app.text_area(key="publish_template_job-1").set_value("{{ title }}").run()
        app.text_input(key="template_name_job-1").set_value("Short").run()
        app.button(key="keep_template_job-1").click().run()
        assert not app.exception
        assert scripted_api.kept.templates == [SHORT]
        app.button(key="use_template_Segue's template_job-1").click().run()
        assert app.text_area(key="publish_template_job-1").value == scripted_api.template.template
        app.button(key="use_template_Short_job-1").click().run()
        assert previewed(scripted_api).template == "{{ title }}"
        app.button(key="remove_job-1").click().run()
        assert scripted_api.kept.templates == []

    def test_names_with_links_are_kept_on_request(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        names = [f"Song {n} #hit" for n in range(4)]
        scripted_api.written = WRITTEN.model_copy(update={"linked_names": names})
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        assert "**4 names with links or mentions:**" in words_of(app)
        assert "and 1 more" in words_of(app)
        assert not previewed(scripted_api).links_in_names
        app.toggle(key="publish_links_in_names_job-1").set_value(True).run()
        assert previewed(scripted_api).links_in_names

    def test_beginning_is_shown_as_a_search_shows_it(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        text = "62 minutes · 20 tracks\n\n" + "word " * 40
        scripted_api.written = WRITTEN.model_copy(update={"description": text})
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        assert "In a search: 62 minutes · 20 tracks word word" in words_of(app)
