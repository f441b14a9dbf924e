"""Forms survive a reload and a visit to Google."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import MixtapeRequest
from frontend.api.connection import Credentials
from frontend.state.saved_page import SavedPage
from tests.frontend.conftest import APP, TIMEOUT_S
from tests.frontend.scripted_api import CRATE, ScriptedApi
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.views.test_publish_page import PublishPage, with_publication
from tests.frontend.youtube_data import CONNECTED, NOT_CONNECTED, publication

EDIT = "edit_publish-1"
PUBLISH = "views/publish.py"


class Browser:
    """A browser tab that saves forms; ``answers`` only once it has stored one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.forms: dict[str, str] = {}
        self.at_google = ""
        parts = "frontend.sections.shared.form_restore"
        monkeypatch.setattr(f"{parts}.save_form", self.forms.__setitem__)
        monkeypatch.setattr(f"{parts}.saved_form", lambda name: self.forms.get(name, ""))
        consent = "frontend.sections.publish.connect_youtube"
        monkeypatch.setattr(f"{consent}.leave_for", self.leave)
        monkeypatch.setattr(f"{consent}.saved_state", lambda: self.at_google)

    def leave(self, url: str, saved: str) -> None:
        self.at_google = saved


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def reload(app: AppTest, path: str = "views/new_mixtape.py", **query: str) -> AppTest:
    """Draw the page in a new session, as a browser does; its address stays."""
    new = AppTest.from_file(str(APP), default_timeout=TIMEOUT_S)
    new.session_state["credentials"] = Credentials("t", time.time() + 3600, "r")
    address = query or {name: one_of(value) for name, value in app.query_params.items()}
    for name, value in address.items():
        new.query_params[name] = value
    new.switch_page(path)
    return new.run()


def one_of(value: list[str] | str) -> str:
    return value if isinstance(value, str) else value[0]


@pytest.fixture
def mixtape(page: Page, scripted_api: ScriptedApi, browser: Browser) -> AppTest:
    """New mixtape with several fields filled in."""
    scripted_api.crates = {"crate-1": CRATE}
    app = page(crate="crate-1")
    app.text_input(key="mix_title").set_value("Late")
    app.text_area(key="intro").set_value("Two lines\nof mine")
    app.text_area(key="kept_links_mixtape").set_value("https://ada.example")
    app.text_input(key="kept_licence_mixtape").set_value("CC BY 4.0")
    app.get_by_key("formats").set_value(["flac", "mp3"])
    app.get_by_key("video_height").set_value(720)
    app.get_by_key("transitions").set_value("crossfade")
    return app.run()


def expect_mixtape(app: AppTest, api: ScriptedApi) -> None:
    """Check that all fields are there, by starting the mix."""
    app.run()
    app.button(key="start").click().run()
    assert not app.exception
    request = api.ask_of("mixtape")
    assert isinstance(request, MixtapeRequest)
    assert (request.tracks_upload_id, request.title) == ("crate-1", "Late")
    assert request.formats == ["flac", "mp3"]
    assert request.video is not None
    assert request.video.height == 720
    assert request.transitions == "crossfade"
    assert request.description.intro == "Two lines\nof mine"
    assert request.description.lines is not None
    assert request.description.lines.links == "https://ada.example"
    assert request.description.lines.licence == "CC BY 4.0"


def test_reload_keeps_the_new_mixtape(mixtape: AppTest, scripted_api: ScriptedApi) -> None:
    app = reload(mixtape)
    assert app.text_area(key="intro").value == "Two lines\nof mine"
    expect_mixtape(app, scripted_api)


def test_tracks_of_the_address_win_over_saved_ones(
    mixtape: AppTest, scripted_api: ScriptedApi
) -> None:
    scripted_api.crates["crate-2"] = CRATE.model_copy(update={"id": "crate-2"})
    mixtape.query_params["crate"] = "crate-2"
    app = reload(mixtape)
    assert app.session_state["crate_id"] == "crate-2"
    assert app.text_area(key="intro").value == "Two lines\nof mine"


def test_connecting_youtube_leads_back_to_the_new_mixtape(
    mixtape: AppTest, scripted_api: ScriptedApi, browser: Browser
) -> None:
    mixtape.button(key="connect").click().run()
    assert ("connect_youtube", None) in scripted_api.asked
    browser.forms.clear()
    scripted_api.youtube = CONNECTED
    app = reload(mixtape, PUBLISH, youtube="connected")
    assert app.title[0].value == "New mixtape"
    assert [toast.value for toast in app.toast] == ["Your channel is connected."]
    assert app.expander[-1].label == "Publish to YouTube when it is ready"
    assert app.expander[-1].proto.expanded
    app.switch_page("views/new_mixtape.py")
    expect_mixtape(app, scripted_api)


def test_refused_consent_leads_back_to_the_new_mixtape(
    mixtape: AppTest, scripted_api: ScriptedApi
) -> None:
    mixtape.button(key="connect").click().run()
    app = reload(mixtape, PUBLISH, youtube_error="access_denied")
    assert app.title[0].value == "New mixtape"
    assert "You did not allow Segue to publish." in words_of(app)
    app.switch_page("views/jobs.py").run()
    app.switch_page("views/new_mixtape.py").run()
    assert "You did not allow Segue to publish." not in words_of(app)
    expect_mixtape(app, scripted_api)


def test_reload_keeps_the_publish_form(publish_page: PublishPage, browser: Browser) -> None:
    app = publish_page()
    app.text_input(key="publish_title_job-1").set_value("Half typed")
    app.text_area(key="publish_description_job-1").set_value("Words")
    app.radio(key="publish_audience_job-1").set_value("unlisted").run()
    app = reload(app.run(), PUBLISH)
    assert app.text_input(key="publish_title_job-1").value == "Half typed"
    assert app.text_area(key="publish_description_job-1").value == "Words"
    assert app.radio(key="publish_audience_job-1").value == "unlisted"


def test_reload_keeps_the_open_edit_form(
    publish_page: PublishPage, scripted_api: ScriptedApi, browser: Browser
) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    app = publish_page()
    app.button(key="edit_publish-1").click().run()
    app.text_input(key=f"publish_title_{EDIT}").set_value("Day")
    app.radio(key="edit_thumbnail").set_value("mix").run()
    app = reload(app.run(), PUBLISH)
    assert app.text_input(key=f"publish_title_{EDIT}").value == "Day"
    assert app.radio(key="edit_thumbnail").value == "mix"
    app.button(key="close_edit").click().run()
    app = reload(app.run(), PUBLISH)
    assert not [one for one in app.button if one.key == "close_edit"]


@pytest.mark.parametrize("saved", ["{", '{"mixtape": {"formats": ["tape"]}}', '{"draft": 7}'])
def test_unreadable_saved_form_is_ignored(
    page: Page, monkeypatch: pytest.MonkeyPatch, saved: str
) -> None:
    monkeypatch.setattr("frontend.sections.shared.form_restore.saved_form", lambda name: saved)
    app = page()
    assert not app.exception
    assert app.text_area(key="intro").value == ""


def test_forms_are_saved_for_each_user_and_page(
    mixtape: AppTest, scripted_api: ScriptedApi, browser: Browser
) -> None:
    assert list(browser.forms) == ["u new"]
    saved = json.loads(browser.forms["u new"])
    assert SavedPage.model_validate(saved).name == "new"
    assert saved["mixtape"]["intro"] == "Two lines\nof mine"


def test_messages_end_with_the_visit(
    publish_page: Callable[..., AppTest], scripted_api: ScriptedApi
) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    app = publish_page()
    app.button(key="edit_publish-1").click().run()
    app.text_input(key=f"publish_title_{EDIT}").set_value("Day").run()
    app.button(key="save_video").click().run()
    assert "Saved on YouTube." in words_of(app.run())
    app.switch_page("views/jobs.py").run()
    app.switch_page("views/publish.py")
    app.query_params["job"] = "job-1"
    app.run()
    assert app.title[0].value == "Publish"
    assert "Saved on YouTube." not in words_of(app)


def test_refused_consent_is_not_shown_beside_another_mix(
    publish_page: Callable[..., AppTest], scripted_api: ScriptedApi
) -> None:
    scripted_api.youtube = NOT_CONNECTED
    app = publish_page(youtube_error="access_denied")
    assert "You did not allow Segue to publish." in words_of(app.run())
    del app.query_params["job"]
    assert "You did not allow Segue to publish." not in words_of(app.run())
