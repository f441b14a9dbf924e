"""What YouTube has against a video, on the Publish page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import PublicationView
from tests.frontend.scripted_api import FINISHED, ScriptedApi
from tests.frontend.views.test_pages import words_of
from tests.frontend.youtube_data import publication

PublishPage = Callable[..., AppTest]
REFUSAL = {
    "code": "video_rejected_duplicate",
    "message": "It is a duplicate.",
    "hint": "Use the other.",
    "is_refusal": True,
}
CLAIM = {"code": "video_claimed", "message": "Music is claimed.", "hint": "See."}
STUDIO = "https://studio.youtube.com/video/v1/edit"


def shown_on_mix(view: PublicationView) -> JobView:
    return FINISHED.model_copy(update={"publications": [view]})


def test_rejected_video_is_shown_and_can_be_published_again(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    shown = publication(
        "rejected",
        video_id="v1",
        url="https://youtu.be/v1",
        studio_url=STUDIO,
        remarks=[REFUSAL],
    )
    scripted_api.all_jobs = [shown_on_mix(shown)]
    app = publish_page()
    text = words_of(app)
    assert "Rejected by YouTube" in text
    assert "It is a duplicate\\." in text
    assert "It cannot be watched" in text
    assert [link.proto.url for link in app.get("link_button")] == [STUDIO]
    assert not app.button(key="start").disabled


def test_claim_is_shown_beside_the_video(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    shown = publication(studio_url=STUDIO, remarks=[CLAIM])
    scripted_api.all_jobs = [shown_on_mix(shown)]
    app = publish_page()
    assert "Published" in words_of(app)
    assert "Music is claimed\\." in words_of(app)
    links = [link.proto.url for link in app.get("link_button")]
    assert links == ["https://youtu.be/v1", STUDIO]


def test_publication_without_remarks_needs_no_studio(
    publish_page: PublishPage, scripted_api: ScriptedApi
) -> None:
    scripted_api.all_jobs = [shown_on_mix(publication(studio_url=STUDIO))]
    links = [link.proto.url for link in publish_page().get("link_button")]
    assert links == ["https://youtu.be/v1"]
