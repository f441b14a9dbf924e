"""The YouTube connection on the Publish page: states, consent, return."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from frontend.api.errors import ApiError
from frontend.state.publish_draft import VideoDraft
from frontend.state.saved_page import SavedPage
from tests.frontend import youtube_data
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.youtube_data import CONNECTED, LOST, NOT_CONNECTED, NOT_SET_UP

PublishPage = Callable[..., AppTest]


def test_unconfigured_server_names_its_setting(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = NOT_SET_UP
    app = publish_page()
    assert "Ask its admin: the setting `GOOGLE_CLIENT_SECRETS`" in words_of(app)
    assert "This server is not set up for YouTube." in words_of(app)
    assert app.button(key="start").disabled
    assert not [b for b in app.button if b.key == "connect"]


def test_admin_sees_how_to_configure(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.youtube, scripted_api.is_admin = NOT_SET_UP, True
    text = words_of(publish_page())
    assert "GOOGLE\\_CLIENT\\_SECRETS names a file of a desktop client\\." in text
    assert "Save Google's file as `client_secrets.json` in Segue's folder" in text


def test_failed_connect_keeps_the_form(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = NOT_CONNECTED
    scripted_api.refusals["connect_youtube"] = ApiError("youtube_unreachable", "Google is down.")
    app = publish_page()
    app.text_input(key="publish_title_job-1").set_value("Half typed").run()
    app.button(key="connect").click().run()
    assert "Google is down." in words_of(app)
    assert app.text_input(key="publish_title_job-1").value == "Half typed"
    assert app.button(key="start").disabled
    scripted_api.refusals.clear()
    app.button(key="connect").click().run()
    assert "Google is down." not in words_of(app.run())


def test_publishing_needs_a_channel(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.youtube = NOT_CONNECTED
    app = publish_page()
    assert app.button(key="start").disabled
    assert "Connect YouTube first." in words_of(app)
    app.button(key="connect").click().run()
    assert not app.exception
    assert ("connect_youtube", None) in scripted_api.asked


def test_ended_connection_can_be_renewed(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = LOST
    app = publish_page()
    assert "has ended" in words_of(app)
    assert app.button(key="connect").label == "Connect again"
    assert app.button(key="start").disabled


def test_connected_channel_shows_uploads_left(publish_page: PublishPage) -> None:
    text = words_of(publish_page())
    assert "Night &lt;i&gt;Shift&lt;/i&gt;" in text
    assert "<i>Shift" not in text
    assert "97 of 100 uploads left today on this server" in text
    assert "the connection ends after 7 days" in text
    assert "days old" not in text


def test_old_connection_shows_a_warning(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = CONNECTED.model_copy(update={"token_age_days": 6.2})
    assert "The connection is 6 days old." in words_of(publish_page())


def test_only_web_addresses_are_linked(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    bad = youtube_data.CHANNEL.model_copy(update={"url": "javascript:alert(1)"})
    scripted_api.youtube = CONNECTED.model_copy(update={"channel": bad})
    assert "javascript" not in words_of(publish_page())


def test_picture_address_is_escaped(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    bad = youtube_data.CHANNEL.model_copy(update={"picture_url": "https://x/');\"><script>"})
    scripted_api.youtube = CONNECTED.model_copy(update={"channel": bad})
    text = words_of(publish_page())
    assert "url('https://x/%27%29;%22%3E%3Cscript%3E')" in text
    assert "<script>" not in text


def test_missing_permission_is_shown(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.youtube = CONNECTED.model_copy(update={"may_upload": False})
    app = publish_page()
    assert "may not upload videos" in words_of(app)
    assert app.button(key="start").disabled


def test_disconnect_updates_the_page(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.disconnect_notes = ["Google could not be reached."]
    app = publish_page()
    app.button(key="disconnect").click().run()
    assert "Google could not be reached\\." in words_of(app)
    assert ("disconnect_youtube", None) in scripted_api.asked
    assert "Connect your YouTube channel" in words_of(app)


def test_successful_return_shows_a_toast_once(
    publish_page: PublishPage,
) -> None:
    app = publish_page()
    app.query_params["youtube"] = "connected"
    app.run()
    assert [toast.value for toast in app.toast] == ["Your channel is connected."]
    assert "youtube" not in app.query_params
    assert not app.run().toast


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("access_denied", "You did not allow Segue to publish."),
        ("no_channel", "This Google account has no YouTube channel."),
        ("<b>what</b>", "YouTube was not connected."),
    ],
)
def test_failed_return_says_why(
    publish_page: PublishPage, scripted_api: ScriptedApi, code: str, text: str
) -> None:
    scripted_api.youtube = NOT_CONNECTED
    app = publish_page(youtube_error=code)
    assert text in words_of(app)
    assert "<b>what" not in words_of(app)
    assert "youtube_error" not in app.query_params


def test_form_is_restored_after_the_return(
    publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = VideoDraft(title="Half typed", goes_public_at=datetime(2030, 1, 1, 9, 0))
    table = SavedPage(job_id="job-1", draft=draft).model_dump_json()
    monkeypatch.setattr("frontend.sections.publish.connect_youtube.saved_state", lambda: table)
    app = publish_page(youtube="connected", job="gone")
    assert app.query_params["job"] in ("job-1", ["job-1"])
    assert app.text_input(key="publish_title_job-1").value == "Half typed"


def test_unreadable_saved_form_is_ignored(
    publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "frontend.sections.publish.connect_youtube.saved_state", lambda: '{"draft": 7}'
    )
    assert publish_page(youtube="connected").title[0].value == "Publish"
