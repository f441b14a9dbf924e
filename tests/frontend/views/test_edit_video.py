"""Edit on YouTube: the form under a published video."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.publishing import FaultView
from backend.app.contract.video_edits import VideoEdit
from frontend.api.errors import ApiError
from frontend.state.video_edit_draft import PICTURE_ID
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.views.test_publish_page import PublishPage, with_publication
from tests.frontend.youtube_data import CONNECTED, LOST, publication

FORM = "edit_publish-1"


@pytest.fixture
def form(publish_page: PublishPage, scripted_api: ScriptedApi) -> AppTest:
    """The opened form of a published video."""
    scripted_api.all_jobs = [with_publication(publication())]
    app = publish_page()
    assert not [one for one in scripted_api.asked if one[0] == "video"], "asked before it is opened"
    app.button(key="edit_publish-1").click().run()
    assert not app.exception
    return app


def sent(api: ScriptedApi) -> VideoEdit:
    [edit] = [value for what, value in api.asked if what == "edit_video"]
    assert isinstance(edit, VideoEdit)
    return edit


def test_form_shows_the_video_as_it_is_on_youtube(form: AppTest) -> None:
    assert form.text_input(key=f"publish_title_{FORM}").value == "Night on YouTube"
    assert form.text_area(key=f"publish_description_{FORM}").value == "Words there."
    assert form.radio(key=f"publish_audience_{FORM}").value == "unlisted"
    assert form.selectbox(key=f"publish_category_id_{FORM}").value == "24"
    assert form.button(key="save_video").disabled
    assert "Nothing is changed yet." in words_of(form)


def test_only_changed_fields_are_sent(form: AppTest, scripted_api: ScriptedApi) -> None:
    form.text_input(key=f"publish_title_{FORM}").set_value("Day").run()
    form.button(key="save_video").click().run()
    assert sent(scripted_api) == VideoEdit(title="Day")
    assert "Saved on YouTube." in words_of(form)
    assert "YouTube changed the title" in words_of(form)
    assert not [one for one in form.button if one.key == "save_video"]


def test_schedule_is_sent_in_utc(form: AppTest, scripted_api: ScriptedApi) -> None:
    form.radio(key=f"publish_audience_{FORM}").set_value("later").run()
    form.get_by_key(f"publish_goes_public_at_{FORM}").set_value(datetime(2031, 1, 2, 9, 0)).run()
    form.radio(key="edit_thumbnail").set_value("mix").run()
    form.button(key="save_video").click().run()
    assert sent(scripted_api) == VideoEdit(
        privacy="private", publish_at=datetime(2031, 1, 2, 9, 0, tzinfo=UTC), thumbnail="mix"
    )


def test_other_picture_must_be_uploaded_before_saving(
    form: AppTest, scripted_api: ScriptedApi
) -> None:
    form.text_input(key=f"publish_title_{FORM}").set_value("Day").run()
    form.radio(key="edit_thumbnail").set_value("picture").run()
    assert form.button(key="save_video").disabled
    assert "Drop a picture first, or keep the thumbnail." in words_of(form)
    form.session_state[PICTURE_ID.name] = "picture-1"
    form.run()
    form.button(key="save_video").click().run()
    assert sent(scripted_api) == VideoEdit(title="Day", thumbnail_upload_id="picture-1")


def test_faults_are_shown_and_block(form: AppTest, scripted_api: ScriptedApi) -> None:
    scripted_api.edit_faults = [FaultView(field="title", code="t", message="No brackets.")]
    form.text_input(key=f"publish_title_{FORM}").set_value("<").run()
    assert "No brackets" in words_of(form)
    assert form.button(key="save_video").disabled
    assert "Fix 1 problem first." in words_of(form)


def test_refused_change_keeps_the_form(form: AppTest, scripted_api: ScriptedApi) -> None:
    scripted_api.refusals["edit_video"] = ApiError("video_gone", "It is no longer on YouTube.")
    form.text_input(key=f"publish_title_{FORM}").set_value("Day").run()
    form.button(key="save_video").click().run()
    assert "It is no longer on YouTube." in words_of(form)
    assert form.text_input(key=f"publish_title_{FORM}").value == "Day"
    form.button(key="close_edit").click().run()
    assert [one.key for one in form.button if one.key == "edit_publish-1"]


def test_deleted_video_is_shown_when_the_form_opens(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    scripted_api.refusals["video"] = ApiError("video_gone", "It is no longer on YouTube.")
    app = publish_page()
    app.button(key="edit_publish-1").click().run()
    assert "It is no longer on YouTube." in words_of(app)
    app.button(key="close_edit").click().run()
    assert "It is no longer on YouTube." not in words_of(app)


def test_missing_permission_is_shown(publish_page: PublishPage, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [with_publication(publication())]
    app = publish_page()
    scripted_api.youtube = CONNECTED.model_copy(update={"may_manage": False})
    app.run()
    assert "but not change its videos" in words_of(app)
    assert not [one for one in app.button if one.key == "edit_publish-1"]
    scripted_api.youtube = LOST
    app.run()
    assert "but not change its videos" not in words_of(app)
