"""The connection to YouTube on the Publish page: each way it can stand, to Google and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from frontend import channel
from frontend.api_client import ApiError
from frontend.publishing import VideoDraft
from tests.frontend import youtube_data
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.test_pages import words_of
from tests.frontend.youtube_data import CONNECTED, LOST, NOT_CONNECTED, NOT_SET_UP

PublishPage = Callable[..., AppTest]


def test_a_server_without_a_project_names_its_setting(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = NOT_SET_UP
    app = publish_page()
    assert "Ask whoever runs it: the setting `GOOGLE_CLIENT_SECRETS`" in words_of(app)
    assert "This server is not set up for YouTube." in words_of(app)
    assert app.button(key="start").disabled
    assert not [b for b in app.button if b.key == "connect"]


def test_who_runs_the_server_is_told_what_to_do(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube, scripted_api.is_admin = NOT_SET_UP, True
    said = words_of(publish_page())
    assert "GOOGLE\\_CLIENT\\_SECRETS names a file of a desktop client\\." in said
    assert "Save Google's file as `client_secrets.json` in Segue's folder" in said


def test_a_way_to_google_that_is_refused_leaves_the_page_as_it_is(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = NOT_CONNECTED
    scripted_api.refusals["connect_youtube"] = ApiError("youtube_unreachable", "Google is away.")
    app = publish_page()
    app.text_input(key="publish_title_job-1").set_value("Half typed").run()
    app.button(key="connect").click().run()
    assert "Google is away." in words_of(app)
    assert app.text_input(key="publish_title_job-1").value == "Half typed"
    assert app.button(key="start").disabled
    scripted_api.refusals.clear()
    app.button(key="connect").click().run()
    assert "Google is away." not in words_of(app.run())


def test_without_a_channel_one_is_connected_first(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = NOT_CONNECTED
    app = publish_page()
    assert app.button(key="start").disabled
    assert "Connect YouTube first." in words_of(app)
    app.button(key="connect").click().run()
    assert not app.exception
    assert ("connect_youtube", None) in scripted_api.asked


def test_a_connection_that_ended_can_be_made_again(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = LOST
    app = publish_page()
    assert "has ended" in words_of(app)
    assert app.button(key="connect").label == "Connect again"
    assert app.button(key="start").disabled


def test_a_connected_channel_tells_what_is_left_of_the_day(publish_page: PublishPage) -> None:
    said = words_of(publish_page())
    assert "Night &lt;i&gt;Shift&lt;/i&gt;" in said
    assert "<i>Shift" not in said
    assert "97 of 100 uploads left today on this server" in said
    assert "lets a connection live for 7 days" in said
    assert "days old" not in said


def test_an_old_connection_is_a_warning_of_its_own(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = CONNECTED.model_copy(update={"token_age_days": 6.2})
    assert "The connection is 6 days old." in words_of(publish_page())


def test_a_link_that_is_no_web_address_is_none(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    bad = youtube_data.CHANNEL.model_copy(update={"url": "javascript:alert(1)"})
    scripted_api.youtube = CONNECTED.model_copy(update={"channel": bad})
    assert "javascript" not in words_of(publish_page())


def test_a_pictures_address_cannot_break_out_of_its_place(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    bad = youtube_data.CHANNEL.model_copy(update={"picture_url": "https://x/');\"><script>"})
    scripted_api.youtube = CONNECTED.model_copy(update={"channel": bad})
    said = words_of(publish_page())
    assert "url('https://x/%27%29;%22%3E%3Cscript%3E')" in said
    assert "<script>" not in said


def test_what_was_not_allowed_is_told(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.youtube = CONNECTED.model_copy(update={"may_upload": False})
    app = publish_page()
    assert "not allowed Segue to upload videos" in words_of(app)
    assert app.button(key="start").disabled


def test_disconnecting_takes_effect_at_once(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.parting_notes = ["Google could not be told."]
    app = publish_page()
    app.button(key="disconnect").click().run()
    assert "Google could not be told\\." in words_of(app)
    assert ("disconnect_youtube", None) in scripted_api.asked
    assert "Connect your YouTube channel" in words_of(app)


def test_coming_back_well_is_said_and_leaves_no_trace_in_the_address(
    publish_page: PublishPage,
) -> None:
    app = publish_page()
    app.query_params["youtube"] = "connected"
    app.run()
    assert [toast.value for toast in app.toast] == ["Your channel is connected."]
    assert "youtube" not in app.query_params
    assert not app.run().toast


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("access_denied", "You have not allowed Segue to publish."),
        ("no_channel", "This Google account has no YouTube channel."),
        ("<b>what</b>", "YouTube was not connected."),
    ],
)
def test_coming_back_without_a_channel_says_why(
    publish_page: PublishPage, scripted_api: ScriptedApi, code: str, said: str
) -> None:
    scripted_api.youtube = NOT_CONNECTED
    app = publish_page(youtube_error=code)
    assert said in words_of(app)
    assert "<b>what" not in words_of(app)
    assert "youtube_error" not in app.query_params


def test_what_was_on_the_table_is_put_back(
    publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = VideoDraft(title="Half typed", goes_public_at=datetime(2030, 1, 1, 9, 0))
    table = channel.OnTheTable(job_id="job-1", draft=draft).model_dump_json()
    monkeypatch.setattr("frontend.channel.brought_back", lambda: table)
    app = publish_page(youtube="connected", job="gone")
    assert app.query_params["job"] in ("job-1", ["job-1"])
    assert app.text_input(key="publish_title_job-1").value == "Half typed"


def test_what_somebody_else_left_in_the_browser_is_ignored(
    publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.channel.brought_back", lambda: '{"draft": 7}')
    assert publish_page(youtube="connected").title[0].value == "Publish"
