"""What changed while the Publish page was open is shown at once."""

from __future__ import annotations

from backend.app.contract.publishing import VideoRemark
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.views.test_publish_page import PublishPage, publish_job, with_publication
from tests.frontend.youtube_data import LOST, later, publication


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


def test_later_look_is_shown_without_loading_the_mix_again(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    seen = publication(looked_at=later(-0.1), looks_again_at=later(0.1))
    claim = {"code": "video_claimed", "message": "Music is claimed.", "hint": "See."}
    claimed = seen.model_copy(update={"remarks": [VideoRemark(**claim)]})
    done = publish_job("succeeded").model_copy(update={"publications": [claimed]})
    scripted_api.all_jobs = [with_publication(seen), done]
    app = publish_page()
    assert "Music is claimed" in words_of(app)


def test_video_whose_job_is_deleted_is_shown_as_it_was(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.all_jobs = [with_publication(publication(looks_again_at=later(0.1)))]
    app = publish_page()
    assert not app.exception
    assert "Private: only you can see it." in words_of(app)


def test_video_is_not_loaded_again_after_the_last_look(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    stale = publication(looked_at=later(-1))
    done = publish_job("succeeded").model_copy(
        update={"publications": [stale.model_copy(update={"privacy": "public"})]}
    )
    scripted_api.all_jobs = [with_publication(stale), done]
    assert "Private: only you can see it." in words_of(publish_page())
