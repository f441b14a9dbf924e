"""What changed while the Publish page was open is shown at once."""

from __future__ import annotations

from frontend.api.errors import ApiError
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.views.test_publish_page import PublishPage, publish_job, with_publication
from tests.frontend.youtube_data import LOST, publication


def test_publication_started_in_another_tab_is_shown(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    app = publish_page()
    going = publish_job("running", step="uploading")
    scripted_api.all_jobs = [with_publication(publication("uploading")), going]
    scripted_api.refusals["start"] = ApiError("publication_pending", "A job publishes it.")
    app.button(key="start").click().run()
    assert "A job publishes it." not in words_of(app)
    assert app.progress[0].text == "Uploading the video"


def test_connection_that_ended_meanwhile_is_shown_at_once(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    app = publish_page()
    scripted_api.refusals["start"] = ApiError("youtube_reconnect", "No longer accepted.")
    scripted_api.youtube = LOST
    app.button(key="start").click().run()
    assert "The connection to Night" in words_of(app)
    assert "No longer accepted." not in words_of(app)
    assert app.button(key="connect").label == "Connect again"


def test_playlists_that_find_the_connection_ended_say_so_at_once(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.loses_connection = True
    app = publish_page()
    assert app.button(key="connect").label == "Connect again"
    assert app.button(key="start").disabled
