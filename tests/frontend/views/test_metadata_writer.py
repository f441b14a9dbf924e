"""Metadata of a video, written by a template or a language model."""

from __future__ import annotations

import pytest

from backend.app.contract.descriptions import DescriptionLines
from backend.app.contract.publishing import DescriptionOptions
from tests.frontend.scripted_api import FINISHED, ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.views.test_publish_page import PublishPage, sent
from tests.frontend.youtube_data import DESCRIPTION, WRITTEN


class TestWriter:
    def test_closed_writer_makes_no_calls(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        publish_page()
        assert "words" not in [what for what, _ in scripted_api.asked]

    def test_model_result_fills_fields_and_shows_notes(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.session_state["publish_written job-1"] = WRITTEN
        app.run()
        assert not app.exception
        assert app.text_input(key="publish_title_job-1").value == WRITTEN.title
        assert app.text_area(key="publish_description_job-1").value == WRITTEN.description
        assert app.multiselect(key="publish_tags_job-1").value == WRITTEN.tags
        assert "One hashtag was left out" in words_of(app)
        app.button(key="start").click().run()
        assert sent(scripted_api).title == WRITTEN.title

    @pytest.mark.parametrize("template", [None, "{{ intro }} and no more"])
    def test_template_result_is_previewed_and_used(
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

    def test_lines_of_this_mix_alone_stay_in_its_text(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        lines = DescriptionLines(links="https://example.org/me", licence="CC0")
        request = FINISHED.request.model_copy(
            update={"description": DescriptionOptions(lines=lines)}
        )
        scripted_api.all_jobs = [FINISHED.model_copy(update={"request": request})]
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        assert app.text_area(key="kept_links_job-1").value == lines.links
        asked = [ask for what, ask in scripted_api.asked if what == "words"][-1]
        assert asked == DescriptionOptions(lines=lines)

    def test_model_writes_in_the_chosen_language(
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

    def test_failed_model_leaves_the_fields(
        self, publish_page: PublishPage, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note = "The template was used: no language model is set up here."
        fallback = WRITTEN.model_copy(update={"written_by": "template", "notes": [note]})
        monkeypatch.setattr(scripted_api, "words", lambda *asked: fallback)
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.session_state["publish_writer_job-1"] = "llm"
        app.run()
        app.button(key="write_by_model").click().run()
        assert "no language model is set up here" in app.warning[0].value
        assert "`OPENAI_API_KEY`" in app.warning[0].value
        assert app.text_area(key="publish_description_job-1").value == DESCRIPTION

    def test_placeholders_and_template_names_are_explained(self, publish_page: PublishPage) -> None:
        app = publish_page()
        app.session_state["publish_writing_job-1"] = True
        app.run()
        hashtags = app.text_input(key="publish_hashtags_job-1")
        assert hashtags.placeholder == "If empty: the files' genres, else #mixtape #djmix"
        intro = app.text_area(key="publish_intro_job-1")
        assert intro.placeholder == "If empty: none"
        assert "This replaces the description and the tags" in words_of(app)
        assert "What begins when. Each has `stamp`, `title`." in words_of(app)

    def test_template_keeps_an_existing_title(self, publish_page: PublishPage) -> None:
        app = publish_page()
        by_template = WRITTEN.model_copy(update={"written_by": "template"})
        app.session_state["publish_written job-1"] = by_template
        app.run()
        assert app.text_input(key="publish_title_job-1").value == "Saturday"
