"""Publishing on other pages: New mixtape, Jobs, results."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView, MixtapeRequest
from backend.app.contract.publishing import DescriptionOptions, Publication, YouTubeStatus
from backend.app.publishing.upload.resumable import _uncertain
from frontend.api.errors import ApiError
from frontend.state import youtube_state
from tests.frontend.mashup_data import FILES as MASHUP_FILES
from tests.frontend.mashup_data import FINISHED as MASHUP
from tests.frontend.restyle_data import FILES as RESTYLE_FILES
from tests.frontend.restyle_data import FINISHED as RESTYLE
from tests.frontend.scripted_api import CRATE, FILES, FINISHED, ScriptedApi, job
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.youtube_data import (
    CONNECTED,
    LOST,
    NOT_CONNECTED,
    NOT_SET_UP,
    later,
    publication,
)


@pytest.fixture
def form(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """New mixtape with tracks and a connected channel."""
    scripted_api.crates = {"crate-1": CRATE}
    scripted_api.youtube = CONNECTED
    return page(crate="crate-1")


def mixtape(api: ScriptedApi) -> MixtapeRequest:
    request = api.ask_of("mixtape")
    assert isinstance(request, MixtapeRequest)
    return request


class TestNewMixtape:
    def test_mix_is_not_published_by_default(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.button(key="start").click().run()
        assert mixtape(scripted_api).publish is None

    def test_mix_is_published_private_when_ready(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.toggle(key="publish_next_mix").set_value(True).run()
        form.get_by_key("writer").set_value("llm").run()
        form.selectbox(key="words_language").set_value("de").run()
        form.button(key="start").click().run()
        assert not form.exception
        expected = Publication(tags=None, language="de", synthetic_media=False)
        assert mixtape(scripted_api).publish == expected

    def test_scheduled_time_and_new_playlist_are_sent(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.toggle(key="publish_next_mix").set_value(True).run()
        form.radio(key="publish_audience_next_mix").set_value("later")
        form.selectbox(key="publish_playlist_next_mix").set_value("new").run()
        assert form.button(key="start").disabled
        assert "Give the new playlist a title" in words_of(form)
        form.text_input(key="publish_playlist_title_next_mix").set_value("Nights")
        moment = form.get_by_key("publish_goes_public_at_next_mix")
        moment.set_value(datetime(2031, 1, 2, 9, 0)).run()
        form.button(key="start").click().run()
        assert mixtape(scripted_api).publish == Publication(
            publish_at=datetime(2031, 1, 2, 9, 0, tzinfo=UTC),
            playlist_title="Nights",
            synthetic_media=False,
        )

    def test_choices_are_reset_after_a_start(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.toggle(key="publish_next_mix").set_value(True).run()
        form.radio(key="publish_audience_next_mix").set_value("public")
        form.selectbox(key="publish_playlist_next_mix").set_value("PL1").run()
        form.button(key="start").click().run()
        assert mixtape(scripted_api).publish is not None
        form.switch_page("views/new_mixtape.py").run()
        assert form.toggle(key="publish_next_mix").value is False
        form.toggle(key="publish_next_mix").set_value(True).run()
        assert form.radio(key="publish_audience_next_mix").value == "private"
        assert form.selectbox(key="publish_playlist_next_mix").value == ""

    def test_failed_start_keeps_the_choices(self, form: AppTest, scripted_api: ScriptedApi) -> None:
        form.toggle(key="publish_next_mix").set_value(True).run()
        form.radio(key="publish_audience_next_mix").set_value("public").run()
        scripted_api.refusals["start"] = ApiError("title_too_long", "The title is too long.")
        form.button(key="start").click().run()
        assert "The title is too long." in words_of(form)
        form.run()
        assert form.radio(key="publish_audience_next_mix").value == "public"

    def test_past_time_blocks_the_start(self, form: AppTest) -> None:
        form.toggle(key="publish_next_mix").set_value(True).run()
        form.radio(key="publish_audience_next_mix").set_value("later").run()
        assert not form.button(key="start").disabled
        form.get_by_key("publish_goes_public_at_next_mix").set_value(later(-1)).run()
        assert form.button(key="start").disabled
        message = "The time at which it goes public has passed"
        assert f":red[:material/error:] {message}\\. Choose a later time\\." in words_of(form)
        assert f"{message}." in [caption.value for caption in form.caption]

    @pytest.mark.parametrize(
        ("standing", "says", "link"),
        [
            (NOT_CONNECTED, "Connect your YouTube channel first", "Connect YouTube"),
            (
                LOST,
                "The connection to Night \\<i\\>Shift\\</i\\> has ended.",
                "Connect YouTube again",
            ),
        ],
    )
    def test_missing_channel_can_be_connected(
        self, page: Page, scripted_api: ScriptedApi, standing: YouTubeStatus, says: str, link: str
    ) -> None:
        scripted_api.youtube = standing
        app = page()
        assert says in words_of(app)
        assert app.button(key="connect").label == link
        assert not app.toggle(key="video").disabled
        assert not [one for one in app.toggle if one.key == "publish_next_mix"]

    def test_connection_that_ends_meanwhile_blocks_a_wanted_publication(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        form.toggle(key="publish_next_mix").set_value(True).run()
        assert not form.button(key="start").disabled
        scripted_api.youtube = LOST
        form.run()
        assert "has ended" in words_of(form)
        assert form.button(key="start").disabled
        assert "Connect YouTube again, or switch “Publish it” off." in words_of(form)
        form.toggle(key="publish_next_mix").set_value(False).run()
        form.button(key="start").click().run()
        assert mixtape(scripted_api).publish is None

    def test_playlists_that_find_the_connection_ended_say_so_at_once(
        self, form: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.loses_connection = True
        form.toggle(key="publish_next_mix").set_value(True).run()
        assert "has ended" in words_of(form)
        assert not [one for one in form.selectbox if one.key == "publish_playlist_next_mix"]

    def test_unconfigured_server_says_so(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.youtube = NOT_SET_UP
        app = page()
        message = "This server is not set up for YouTube. Ask its admin."
        assert message in words_of(app)
        assert "Set up YouTube" not in [link.value for link in app.page_link]
        scripted_api.is_admin = True
        app.session_state["me"] = scripted_api.me()
        app.run()
        assert message not in words_of(app)
        assert "Set up YouTube" in [link.value for link in app.page_link]

    def test_mix_starts_if_youtube_status_fails(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        scripted_api.refusals["youtube_status"] = ApiError("internal", "It broke.")
        app = page(crate="crate-1")
        assert "It broke." not in words_of(app)
        assert not app.button(key="start").disabled

    def test_description_language_is_sent(self, form: AppTest, scripted_api: ScriptedApi) -> None:
        form.get_by_key("writer").set_value("llm").run()
        form.selectbox(key="words_language").set_value("fr").run()
        form.button(key="start").click().run()
        text = mixtape(scripted_api).description
        assert text == DescriptionOptions(writer="llm", language="fr")


def publish_job(status: str, **fields: object) -> JobView:
    request = {"kind": "publish", "job_id": "job-1"}
    return job(status, id="publish-1", kind="publish", request=request, **fields)


class TestJobs:
    def test_publish_job_opens_the_publish_page(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [publish_job("succeeded"), FINISHED]
        app = page("views/jobs.py")
        assert ":material/publish: Publication" in words_of(app)
        assert "The video stays on YouTube." in words_of(app)
        app.button(key="open_publish-1").click().run()
        assert not app.exception
        assert app.title[0].value == "Publish"

    def test_publish_job_waits_for_the_mix(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.all_jobs = [publish_job("queued", waits_for="job-1", queue_position=1)]
        app = page("views/jobs.py")
        assert app.progress[0].text == "Waiting for the mix"

    def test_paused_job_shows_time_and_reason(self, page: Page, scripted_api: ScriptedApi) -> None:
        reason = "This server's uploads for today are used up."
        scripted_api.all_jobs = [publish_job("queued", resumes_at=later(30), detail=reason)]
        app = page("views/jobs.py")
        assert app.progress[0].text.startswith("Resumes on ")
        assert reason.replace(".", "\\.") in words_of(app)
        app.button(key="Try now_publish-1").click().run()
        assert scripted_api.asked[-1] == ("start_now", "job-1")
        assert not [button for button in app.button if button.label == "Try now"]

    def test_waiting_publications_do_not_ask_for_the_connection_each_second(
        self, page: Page, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[None] = []

        def status() -> YouTubeStatus:
            asked.append(None)
            return CONNECTED

        monkeypatch.setattr(scripted_api, "youtube_status", status)
        waiting = publish_job("queued", waits_for="job-1")
        others = [waiting.model_copy(update={"id": f"publish-{n}"}) for n in (2, 3)]
        scripted_api.all_jobs = [waiting, *others]
        app = page("views/jobs.py")
        asked.clear()
        app.run()
        assert asked == []

    def test_waiting_publication_warns_of_a_lost_connection(
        self, page: Page, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(youtube_state, "RECENT_S", 0.0)
        scripted_api.all_jobs = [publish_job("queued", waits_for="job-1"), FINISHED]
        scripted_api.youtube = CONNECTED
        app = page("views/jobs.py")
        assert "The connection to YouTube has ended" not in words_of(app)
        scripted_api.youtube = LOST
        app.run()
        assert "The connection to YouTube has ended" in words_of(app)
        app.button(key="reconnect_publish-1").click().run()
        assert app.button(key="connect").label == "Connect again"

    def test_publish_steps_have_names(self, page: Page, scripted_api: ScriptedApi) -> None:
        names = ["checking", "filming", "uploading", "dressing", "noting"]
        steps = [{"name": name, "state": "waiting"} for name in names]
        steps[2] = {"name": "uploading", "state": "running", "progress": 0.42}
        going = publish_job("running", step="uploading", detail="8.4 MB of 20 MB", steps=steps)
        scripted_api.all_jobs = [going]
        text = words_of(page("views/jobs.py", job="publish-1"))
        for words in ("Checking YouTube's limits", "Making the video", "Saving the video's link"):
            assert words in text
        assert "Uploading the video** — 42 % · 8\\.4 MB of 20 MB" in text

    def test_retry_of_an_uncertain_upload_asks_first(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        error = {"code": "upload_uncertain", "message": "Who knows.", "retryable": True}
        scripted_api.all_jobs = [publish_job("failed", error=error), FINISHED]
        app = page("views/jobs.py")
        assert "Retry_publish-1" not in [button.key for button in app.button]
        assert "Is the video on your channel?" in words_of(app)
        assert _uncertain().hint in words_of(app)
        app.button(key="looked_publish-1").click().run()
        assert scripted_api.asked[-1][0] == "retry, looked"

    @pytest.mark.parametrize(
        "code", ["youtube_reconnect", "youtube_not_connected", "other_channel"]
    )
    def test_connection_error_links_to_the_publish_page(
        self, page: Page, scripted_api: ScriptedApi, code: str
    ) -> None:
        error = {"code": code, "message": "YouTube says no.", "retryable": True}
        scripted_api.all_jobs = [publish_job("failed", error=error), FINISHED]
        scripted_api.youtube = LOST
        app = page("views/jobs.py")
        app.button(key="reconnect_publish-1").click().run()
        assert app.title[0].value == "Publish"
        assert app.button(key="connect").label == "Connect again"


RESULTS = {
    "result": (FINISHED, FILES),
    "mashup": (MASHUP, MASHUP_FILES),
    "restyle": (RESTYLE, RESTYLE_FILES),
}


@pytest.mark.parametrize("view", RESULTS)
class TestResults:
    def test_result_links_to_the_publish_page(
        self, page: Page, scripted_api: ScriptedApi, view: str
    ) -> None:
        made, scripted_api.files = RESULTS[view][0], dict(RESULTS[view][1])
        scripted_api.all_jobs = [made]
        page(f"views/{view}.py")
        app = page(f"views/{view}.py", job=made.id)
        assert not app.exception
        app.button(key="publish").click().run()
        assert not app.exception
        assert app.title[0].value == "Publish"
        assert app.query_params["job"] in (made.id, [made.id])

    def test_result_shows_its_publication(
        self, page: Page, scripted_api: ScriptedApi, view: str
    ) -> None:
        made, scripted_api.files = RESULTS[view][0], dict(RESULTS[view][1])
        scripted_api.all_jobs = [made.model_copy(update={"publications": [publication()]})]
        page(f"views/{view}.py")
        app = page(f"views/{view}.py", job=made.id)
        assert "On YouTube, private" in words_of(app)
        assert "https://youtu.be/v1" in [link.proto.url for link in app.get("link_button")]
        assert app.button(key="publish").label == "Publication"
