"""The Publish page: form, errors, publications."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView, MashupRequest, PublishRequest
from backend.app.contract.publishing import DescriptionOptions, FaultView, PublicationView
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import FINISHED, ScriptedApi, artifact, job
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.youtube_data import (
    CHECKED,
    DESCRIPTION,
    publication,
)

PublishPage = Callable[..., AppTest]
WAIT = "publish_wait_for_checks_job-1"


def sent(api: ScriptedApi) -> PublishRequest:
    request = api.ask_of("publish")
    assert isinstance(request, PublishRequest)
    return request


def with_publication(*views: object, **fields: object) -> JobView:
    return FINISHED.model_copy(update={"publications": list(views), **fields})


def failed_job(job_id: str, message: str) -> JobView:
    error = {"code": "youtube_unreachable", "message": message, "retryable": True}
    request = {"kind": "publish", "job_id": "job-1"}
    return job("failed", id=job_id, kind="publish", request=request, error=error)


def publish_job(status: str, **fields: object) -> JobView:
    request = {"kind": "publish", "job_id": "job-1"}
    return job(status, id="publish-1", kind="publish", request=request, **fields)


class TestFields:
    def test_form_starts_with_the_mix_metadata(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.button(key="start").click().run()
        assert not app.exception
        assert sent(scripted_api) == PublishRequest(
            job_id="job-1",
            title="Saturday",
            description=DESCRIPTION,
            tags=["mixtape", "deep house"],
            synthetic_media=False,
        )

    def test_empty_fields_are_sent_as_none(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.text_area(key="publish_description_job-1").set_value(" ")
        app.multiselect(key="publish_tags_job-1").set_value([])
        app.button(key="start").click().run()
        assert (sent(scripted_api).description, sent(scripted_api).tags) == (None, None)

    def test_preview_shows_chapters(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        assert "<summary>3 chapters</summary>" in words_of(app)
        scripted_api.checked = CHECKED.model_copy(update={"chapters": []})
        app.run()
        assert "0:56" in words_of(app)
        assert "</summary>" not in words_of(app)

    def test_all_fields_are_sent(
        self,
        publish_page: PublishPage,
        scripted_api: ScriptedApi,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.timezone", "Europe/Berlin")
        app = publish_page()
        app.text_input(key="publish_title_job-1").set_value("Late")
        app.text_area(key="publish_description_job-1").set_value("Words")
        app.multiselect(key="publish_tags_job-1").set_value(["a, b", "c"])
        app.selectbox(key="publish_language_job-1").set_value("de")
        app.radio(key="publish_audience_job-1").set_value("later")
        app.selectbox(key="publish_playlist_job-1").set_value("PL2")
        app.selectbox(key="publish_category_id_job-1").set_value("24")
        for toggle in ("made_for_kids", "synthetic_media"):
            app.toggle(key=f"publish_{toggle}_job-1").set_value(True)
        for toggle in ("thumbnail", "notify_subscribers"):
            app.toggle(key=f"publish_{toggle}_job-1").set_value(False)
        app.run()
        app.get_by_key("publish_goes_public_at_job-1").set_value(datetime(2030, 1, 2, 9, 0)).run()
        app.button(key="start").click().run()
        assert not app.exception
        assert sent(scripted_api) == PublishRequest(
            job_id="job-1",
            title="Late",
            description="Words",
            tags=["a", "b", "c"],
            language="de",
            privacy="private",
            publish_at=datetime(2030, 1, 2, 8, 0, tzinfo=UTC),
            playlist_id="PL2",
            category_id="24",
            made_for_kids=True,
            synthetic_media=True,
            thumbnail=False,
            notify_subscribers=False,
        )

    def test_new_playlist_needs_a_title(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.selectbox(key="publish_playlist_job-1").set_value("new").run()
        assert app.button(key="start").disabled
        app.text_input(key="publish_playlist_title_job-1").set_value("Nights").run()
        app.button(key="start").click().run()
        assert sent(scripted_api).playlist_title == "Nights"

    def test_failed_playlists_do_not_block_the_form(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        app.session_state["youtube_playlists"] = None
        scripted_api.refusals["playlists"] = ApiError("youtube_unreachable", "No answer.")
        app.run()
        assert "No answer." in words_of(app)
        assert not app.button(key="start").disabled
        app.run()  # the error is cached, since each call to YouTube may take long
        assert "No answer." in words_of(app)

    def test_mashup_is_synthetic_and_keeps_its_language(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        asked = DescriptionOptions(intro="Hallo", writer="llm", language="de")
        mashup = MashupRequest(tracks_upload_id="c", vibe="dark", description=asked)
        request = mashup.model_dump()
        made = [artifact("mashup.mp3").model_dump()]
        scripted_api.all_jobs = [job("succeeded", kind="mashup", request=request, artifacts=made)]
        app = publish_page()
        assert "Segue makes the video before publishing." in words_of(app)
        app.button(key="start").click().run()
        assert sent(scripted_api).synthetic_media is True
        assert sent(scripted_api).language == "de"
        app.session_state["publish_writing_job-1"] = True
        app.run()
        assert app.text_area(key="publish_intro_job-1").value == "Hallo"

    def test_counters_count_like_youtube(self, publish_page: PublishPage) -> None:
        app = publish_page()
        app.text_area(key="publish_description_job-1").set_value("né").run()
        text = words_of(app)
        assert "8 / 100 characters" in text
        assert "3 / 5000 bytes" in text
        assert "20 / 485 characters, with commas and quotes" in text

    def test_tags_leave_room_for_segues_own(self, publish_page: PublishPage) -> None:
        app = publish_page()
        app.multiselect(key="publish_tags_job-1").set_value(["x" * 485]).run()
        assert "485 / 485 characters, with commas and quotes" in words_of(app)
        app.multiselect(key="publish_tags_job-1").set_value(["x" * 486]).run()
        assert ":red[**486 / 485 characters, with commas and quotes**]" in words_of(app)

    def test_scheduled_time_names_its_time_zone(
        self, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.timezone", "America/New_York")
        app = publish_page()
        app.radio(key="publish_audience_job-1").set_value("later").run()
        field = app.get_by_key("publish_goes_public_at_job-1")
        assert field.label == "Goes public at (America/New York)"

    def test_hostile_texts_are_escaped(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        hostile = "<img src=x onerror=alert(1)> **bold** $x$"
        scripted_api.checked = CHECKED.model_copy(update={"description": hostile})
        scripted_api.all_jobs = [FINISHED.model_copy(update={"title": hostile})]
        app = publish_page()
        app.text_input(key="publish_title_job-1").set_value(hostile).run()
        assert not re.search(r"(?<!\\)<img src=x", words_of(app))
        assert "&lt;img src=x onerror=alert(1)&gt; **bold**" in words_of(app)
        assert "\\*\\*bold\\*\\*" in words_of(app)


class TestErrors:
    def test_errors_are_shown_and_block_publishing(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        faults = [
            FaultView(field="title", code="t", message="No <b>.", hint="Leave it out."),
            FaultView(field="", code="v", message="Too long.", is_warning=True),
            FaultView(field="", code="youtube_not_connected", message="Said by the card."),
        ]
        scripted_api.checked = CHECKED.model_copy(update={"faults": faults})
        app = publish_page()
        text = words_of(app)
        assert ":red[:material/error:] No \\<b\\>\\. Leave it out\\." in text
        assert ":orange[:material/warning:] Too long\\." in text
        assert "Said by the card" not in text
        assert app.button(key="start").disabled

    def test_warnings_do_not_block_publishing(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        warning = FaultView(field="privacy", code="p", message="Stays private.", is_warning=True)
        scripted_api.checked = CHECKED.model_copy(update={"faults": [warning]})
        assert not publish_page().button(key="start").disabled

    @pytest.mark.parametrize(
        ("audience", "consequence"),
        [
            ("private", "Ready. Only you will see it."),
            ("unlisted", "Ready. Anyone with the link will see it."),
            ("public", "Ready. Everyone will see it."),
        ],
    )
    def test_page_says_who_will_see_the_video(
        self, publish_page: PublishPage, audience: str, consequence: str
    ) -> None:
        app = publish_page()
        app.radio(key="publish_audience_job-1").set_value(audience).run()
        text = words_of(app)
        assert consequence in text
        assert f"&lt;i&gt;Shift&lt;/i&gt; · {audience.capitalize()}</p>" in text

    def test_page_says_what_happens_after_youtubes_checks(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        assert not [one for one in app.toggle if one.key == WAIT]
        app.radio(key="publish_audience_job-1").set_value("public").run()
        app.toggle(key=WAIT).set_value(True).run()
        assert "Private first, then public after YouTube's checks." in words_of(app)
        captions = app.radio(key="publish_audience_job-1").proto.captions
        assert "Only you until YouTube's checks, then everyone." in captions
        assert "Everyone, right away." not in captions
        assert "· Private, then public after checks</p>" in words_of(app)
        app.button(key="start").click().run()
        assert sent(scripted_api).wait_for_checks is True
        assert sent(scripted_api).privacy == "public"

    def test_failed_preflight_blocks_publishing(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        scripted_api.refusals["preflight"] = ApiError("internal", "It broke.", "Wait.")
        app.run()
        assert "It broke." in words_of(app)
        assert app.button(key="start").disabled

    def test_refused_publish_job_shows_its_error(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        app = publish_page()
        scripted_api.refusals["start"] = ApiError("already_published", "It is online already.")
        app.button(key="start").click().run()
        assert "It is online already." in words_of(app)


class TestPublications:
    def test_running_mix_can_be_published_when_ready(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing")]
        scripted_api.checked = CHECKED.model_copy(update={"description": None})
        app = publish_page()
        assert app.button(key="start").label == "Publish when it is ready"
        assert "Not finished yet: Mixing." in words_of(app)
        app.button(key="start").click().run()
        assert sent(scripted_api).job_id == "job-1"
        assert sent(scripted_api).description is None

    def test_running_publication_replaces_the_form(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        going = publish_job("running", step="uploading", progress=42.0, eta_s=60.0)
        scripted_api.all_jobs = [with_publication(publication("uploading")), going]
        app = publish_page()
        assert app.progress[0].text == "Uploading the video — about 60 seconds left"
        assert not [b for b in app.button if b.key == "start"]
        app.button(key="Cancel_publish-1").click().run()
        assert ("cancel", "job-1") in scripted_api.asked

    def test_published_video_shows_its_link(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [with_publication(publication())]
        app = publish_page()
        assert ":green[:material/check_circle:] Published" in [one.value for one in app.subheader]
        assert "Private: only you can see it." in words_of(app)
        assert "https://youtu.be/v1" in words_of(app)
        assert app.get("link_button")[0].proto.url == "https://youtu.be/v1"
        assert not [b for b in app.button if b.key == "start"]

    def test_published_video_is_shown_with_its_audience(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [with_publication(publication(privacy="public"))]
        assert "Public: everyone can see it." in words_of(publish_page())

    def test_publishing_again_needs_confirmation(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [with_publication(publication())]
        app = publish_page()
        app.button(key="publish_again").click().run()
        app.button(key="start").click().run()
        assert sent(scripted_api).again is True

    def test_confirmation_counts_for_one_publication(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [with_publication(publication())]
        app = publish_page()
        app.button(key="publish_again").click().run()
        second = publication("uploading", job_id="publish-1")
        scripted_api.all_jobs = [with_publication(second, publication()), publish_job("running")]
        app.run()
        scripted_api.all_jobs = [with_publication(publication(), publication(job_id="publish-2"))]
        app.run()
        assert not app.exception
        assert not [b for b in app.button if b.key == "start"]

    @pytest.mark.parametrize("earlier", [[], [publication("failed", job_id="publish-0")]])
    def test_failed_publication_can_be_retried(
        self,
        publish_page: PublishPage,
        scripted_api: ScriptedApi,
        earlier: list[PublicationView],
    ) -> None:
        publications = [*earlier, publication("failed")]
        old = failed_job("publish-0", "Old error.")
        scripted_api.all_jobs = [with_publication(*publications), old]
        scripted_api.all_jobs += [failed_job("publish-1", "No answer.")]
        app = publish_page()
        assert "No answer." in words_of(app)
        assert "Old error." not in words_of(app)
        assert app.button(key="Retry_publish-1").label == "Retry"

    def test_earlier_failure_is_hidden_after_success(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        publications = [publication("failed", job_id="publish-0"), publication()]
        scripted_api.all_jobs = [
            with_publication(*publications),
            failed_job("publish-0", "No answer."),
        ]
        app = publish_page()
        assert ":green[:material/check_circle:] Published" in [one.value for one in app.subheader]
        assert "No answer." not in words_of(app)
        assert not [b for b in app.button if str(b.key).startswith("Retry")]

    def test_newest_video_comes_first(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        newer = publication(job_id="publish-2", url="https://youtu.be/v2")
        scripted_api.all_jobs = [with_publication(publication(), newer)]
        links = [link.proto.url for link in publish_page().get("link_button")]
        assert links == ["https://youtu.be/v2", "https://youtu.be/v1"]

    def test_publication_that_ends_while_the_page_loads_is_shown_finished(
        self,
        publish_page: PublishPage,
        scripted_api: ScriptedApi,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        scripted_api.all_jobs = [with_publication(publication("processing", job_id="publish-1"))]
        job_of = scripted_api.job

        def job(job_id: str) -> JobView:
            # the job has just ended, and the mix's publications show it now
            if job_id == "publish-1":
                done = with_publication(publication(job_id="publish-1"))
                scripted_api.all_jobs = [done, publish_job("succeeded")]
            return job_of(job_id)

        monkeypatch.setattr(scripted_api, "job", job)
        text = words_of(publish_page())
        assert "Published" in text
        assert "YouTube is processing it" not in text

    def test_possible_duplicate_needs_confirmation(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        doubt = FaultView(field="", code="already_published", message="It may be there already.")
        scripted_api.checked = CHECKED.model_copy(update={"faults": [doubt]})
        # the publish job is deleted
        scripted_api.all_jobs = [with_publication(publication("failed"))]
        app = publish_page()
        assert not [b for b in app.button if b.key == "start"]
        assert "It may be there already\\." in words_of(app)
        assert "Look in YouTube Studio first" in words_of(app)
        assert app.get("link_button")[0].proto.url == "https://studio.youtube.com"
        app.button(key="publish_again").click().run()
        app.button(key="start").click().run()
        assert sent(scripted_api).again is True

    def test_failed_publication_without_job_does_not_block(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [with_publication(publication("failed"))]
        assert not publish_page().button(key="start").disabled

    def test_publish_job_address_shows_its_mix(
        self, publish_page: PublishPage, scripted_api: ScriptedApi
    ) -> None:
        done = publish_job("succeeded", publications=[publication().model_dump()])
        scripted_api.all_jobs = [with_publication(publication()), done]
        assert "https://youtu.be/v1" in words_of(publish_page(job="publish-1"))
        scripted_api.all_jobs = [done]
        text = words_of(publish_page(job="publish-1"))
        assert "The published mix was deleted." in text
        assert "https://youtu.be/v1" in text

    def test_publishable_mixes_are_listed(self, page: Page, scripted_api: ScriptedApi) -> None:
        failed = publication("failed", job_id="publish-0")
        cancelled = with_publication(failed, publication("cancelled"), id="job-2")
        online = with_publication(publication(), failed)
        scripted_api.all_jobs = [online, cancelled, publish_job("succeeded")]
        app = page("views/publish.py")
        chosen = [b for b in app.button if str(b.key).startswith("choose_")]
        labels = ["Saturday · On YouTube, private", "Saturday · Cancelled"]
        assert [b.label for b in chosen] == labels
        chosen[0].click().run()
        assert "https://youtu.be/v1" in words_of(app)
