"""Words written for a video: by a template that can be changed, or by a language model."""

from __future__ import annotations

import pytest

from backend.app.contract.publishing import DescriptionOptions
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.test_pages import words_of
from tests.frontend.test_publish_page import PublishPage, sent
from tests.frontend.youtube_data import DESCRIPTION, WRITTEN


class TestWords:
    def test_nothing_is_written_until_somebody_looks(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        publish_page()
        assert "words" not in [what for what, _ in scripted_api.asked]

    def test_a_language_models_words_come_into_the_fields_with_its_notes(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.session_state["publish_written"] = {"job-1": WRITTEN}
        app.run()
        assert not app.exception
        assert app.text_input(key="publish_title_job-1").value == WRITTEN.title
        assert app.text_area(key="publish_description_job-1").value == WRITTEN.description
        assert app.multiselect(key="publish_tags_job-1").value == WRITTEN.tags
        assert "One hashtag was left out" in words_of(app)
        app.button(key="start").click().run()
        assert sent(scripted_api).title == WRITTEN.title

    @pytest.mark.parametrize("template", [None, "{{ intro }} and no more"])
    def test_a_template_is_tried_as_it_stands_and_its_words_are_used(
        self, publish_page: PublishPage, scripted_api: ScriptedApi, template: str | None
    ) -> None:
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        app.text_area(key="publish_intro_job-1").set_value("Hello")
        app.text_input(key="publish_hashtags_job-1").set_value("#house #mix")
        if template:
            app.text_area(key="publish_template_job-1").set_value(template)
        app.run()
        asked = [ask for what, ask in scripted_api.asked if what == "words"][-1]
        assert asked == DescriptionOptions(
            intro="Hello", hashtags=["house", "mix"], template=template
        )
        app.button(key="use_words").click().run()
        assert app.text_area(key="publish_description_job-1").value == WRITTEN.description

    def test_a_language_model_is_asked_in_the_language_chosen(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.selectbox(key="publish_language_job-1").set_value("ja").run()
        app.get_by_key("publish_writer_job-1").set_value("llm").run()
        app.button(key="write_by_model").click().run()
        asked = [ask for what, ask in scripted_api.asked if what == "words"][-1]
        assert asked == DescriptionOptions(writer="llm", language="ja")
        assert app.text_input(key="publish_title_job-1").value == WRITTEN.title

    def test_a_model_that_wrote_nothing_leaves_the_fields_and_says_why(
        self, publish_page: PublishPage, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note = "The template stands in for a language model: no language model is set up here."
        stood_in = WRITTEN.model_copy(update={"written_by": "template", "notes": [note]})
        monkeypatch.setattr(scripted_api, "words", lambda *asked: stood_in)
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.session_state["publish_writer_job-1"] = "llm"
        app.run()
        app.button(key="write_by_model").click().run()
        assert "no language model is set up here" in app.warning[0].value
        assert "`OPENAI_API_KEY`" in app.warning[0].value
        assert app.text_area(key="publish_description_job-1").value == DESCRIPTION

    def test_what_stands_in_empty_fields_and_what_goes_for_new_words_is_told(
        self, publish_page: PublishPage
    ) -> None:
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        hashtags = app.text_input(key="publish_hashtags_job-1")
        assert hashtags.placeholder == "Left empty: #mixtape #djmix"
        intro = app.text_area(key="publish_intro_job-1")
        assert intro.placeholder == "Left empty, it is the title"
        assert "They take the place of the description and the tags" in words_of(app)
        assert "What begins when. Each has `stamp`, `title`." in words_of(app)

    def test_a_template_keeps_the_title_that_is_there(self, publish_page: PublishPage) -> None:
        app = publish_page()
        by_template = WRITTEN.model_copy(update={"written_by": "template"})
        app.session_state["publish_written"] = {"job-1": by_template}
        app.run()
        assert app.text_input(key="publish_title_job-1").value == "Saturday"
