"""Publish a mix a second time; the page's ways out."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import PublishRequest
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.views.test_publish_page import PublishPage, with_publication
from tests.frontend.youtube_data import NOT_CONNECTED, later, publication


def keys_of(app: AppTest) -> list[str | None]:
    return [button.key for button in app.button]


def test_form_begins_as_the_last_video_but_private(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.all_jobs = [with_publication(publication(privacy="public"))]
    app = publish_page()
    app.button(key="publish_again").click().run()
    assert app.text_input(key="publish_title_job-1").value == "Night on YouTube"
    assert app.text_area(key="publish_description_job-1").value == "Words there."
    app.button(key="start").click().run()
    request = scripted_api.ask_of("publish")
    assert isinstance(request, PublishRequest)
    assert (request.privacy, request.language, request.category_id) == ("private", "de", "24")


def test_form_begins_as_the_mix_if_youtube_does_not_answer(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    scripted_api.refusals["video"] = ApiError("youtube_unreachable", "No answer.")
    app = publish_page()
    app.button(key="publish_again").click().run()
    assert app.text_input(key="publish_title_job-1").value == "Saturday"


def test_form_can_be_cancelled(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    app = publish_page()
    assert "cancel_again" not in keys_of(app)
    app.button(key="publish_again").click().run()
    app.button(key="cancel_again").click().run()
    assert "start" not in keys_of(app)
    assert "publish_again" in keys_of(app)


def test_one_form_is_open_at_a_time(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    app = publish_page()
    app.button(key="publish_again").click().run()
    app.button(key="edit_publish-1").click().run()
    assert not app.exception
    assert "save_video" in keys_of(app)
    assert "start" not in keys_of(app)
    app.button(key="publish_again").click().run()
    assert not app.exception
    assert "start" in keys_of(app)
    assert "save_video" not in keys_of(app)


def test_all_results_are_one_click_away(publish_page: PublishPage) -> None:
    app = publish_page()
    app.button(key="all_results").click().run()
    assert "What to publish" in words_of(app)
    assert "job" not in app.query_params


def test_disconnected_channel_ends_checks_and_changes(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    seen = publication(looked_at=later(-0.1), looks_again_at=later(0.1))
    scripted_api.all_jobs = [with_publication(seen)]
    app = publish_page()
    assert "next check" in words_of(app)
    scripted_api.youtube = NOT_CONNECTED
    app.run()
    assert "next check" not in words_of(app)
    assert "Checks continue when the channel is connected again." in words_of(app)
    assert "Connect the channel to edit the video here." in words_of(app)
