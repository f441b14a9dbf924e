"""What each page shows and requests, on a scripted API."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import MixtapeRequest
from frontend.api.errors import ApiError
from frontend.sections.shared import page_layout
from tests.frontend.scripted_api import CRATE, FINISHED, PASSWORD, ScriptedApi, artifact, job

Page = Callable[..., AppTest]


def words_of(app: AppTest) -> str:
    """All text on the page."""
    parts = [*app.title, *app.subheader, *app.markdown, *app.text, *app.caption, *app.error]
    parts += [*app.code, *app.html]
    return "\n".join(str(part.value) for part in parts)


def fill(app: AppTest, form: str, email: str, password: str) -> AppTest:
    app.text_input(key=f"{form}_email").set_value(email)
    app.text_input(key=f"{form}_password").set_value(password)
    button = "Sign in" if form == "sign_in" else "Create account"
    next(b for b in app.button if b.label == button).click()
    return app.run()


class TestSignIn:
    def test_signed_out_user_sees_only_the_sign_in_page(self, app: AppTest) -> None:
        app.run()
        assert not app.exception
        assert "One mix out" in words_of(app)
        assert "publishes it to YouTube" in words_of(app)
        assert not [b for b in app.button if b.label == "Start mixing"]

    def test_wrong_password_shows_message_and_hint(self, app: AppTest) -> None:
        fill(app.run(), "sign_in", "dj@example.org", "wrong")
        assert "They do not match." in words_of(app)
        assert "Check both\\." in words_of(app)

    def test_sign_in_opens_new_mixtape(self, app: AppTest) -> None:
        fill(app.run(), "sign_in", "dj@example.org", PASSWORD)
        assert not app.exception
        assert app.title[0].value == "New mixtape"
        assert app.session_state["session_code"] == "once"

    def test_short_password_is_refused_without_a_call(
        self, app: AppTest, scripted_api: ScriptedApi
    ) -> None:
        fill(app.run(), "sign_up", "dj@example.org", "short")
        assert "too short" in words_of(app)
        assert scripted_api.asked == []

    def test_malformed_address_is_named(self, app: AppTest, scripted_api: ScriptedApi) -> None:
        fill(app.run(), "sign_up", "nova", PASSWORD)
        assert "This is not an email address" in words_of(app)
        fill(app.run(), "sign_up", "", PASSWORD)
        assert "Email or password is missing" in words_of(app)
        assert scripted_api.asked == []

    def test_sign_up_signs_in(self, app: AppTest, scripted_api: ScriptedApi) -> None:
        fill(app.run(), "sign_up", "dj@example.org", PASSWORD)
        assert app.title[0].value == "New mixtape"
        assert scripted_api.asked == [("register", "dj@example.org")]

    def test_sign_out_revokes_and_shows_sign_in(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        app = page()
        next(b for b in app.button if b.label == "Sign out").click().run()
        assert ("sign_out", None) in scripted_api.asked
        assert "One mix out" in words_of(app)
        assert "credentials" not in app.session_state


class TestLayout:
    def test_styles_have_a_head_start_once_a_visit(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pauses: list[float] = []
        monkeypatch.setattr(page_layout, "STYLES_S", 0.2)
        monkeypatch.setattr(page_layout, "sleep", pauses.append)
        app.run().run()
        assert pauses == [0.2]

    def test_account_menu_stays_if_a_page_fails(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.jobs_error = ApiError("api_unreachable", "It is not answering.")
        app = page("views/jobs.py")
        assert "It is not answering" in words_of(app)
        assert [b for b in app.button if b.label == "Sign out"]


class TestNewMixtape:
    def test_empty_draft_cannot_start(self, page: Page) -> None:
        app = page()
        assert app.button(key="start").disabled
        assert "Drop at least one track first." in words_of(app)

    def test_crate_in_the_address_is_loaded(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        assert not app.button(key="start").disabled
        assert "2 tracks, ready to mix." in words_of(app)

    def test_start_sends_order_and_names(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1", picture="picture-1")
        app.session_state["track_table"] = {
            "arrangement": {
                "crate_id": "crate-1",
                "order": ["b", "a"],
                "removed": [],
                "names": {"b": {"title": "Second, live", "artist": ""}},
            }
        }
        app.text_input(key="mix_title").set_value("Saturday")
        app.get_by_key("transitions").set_value("crossfade").run()
        app.slider(key="crossfade_s").set_value(4.5)
        app.text_input(key="hashtags").set_value("#house late, #house")
        app.button(key="start").click().run()
        assert not app.exception
        request = scripted_api.ask_of("mixtape")
        assert isinstance(request, MixtapeRequest)
        assert [pick.track_id for pick in request.tracks or []] == ["b", "a"]
        assert (request.tracks or [])[0].title == "Second, live"
        assert (request.title, request.transition_ms) == ("Saturday", 4500)
        assert request.bg_image_upload_id == "picture-1"
        assert request.description.hashtags == ["house", "late"]
        assert request.video is not None

    def test_options_without_effect_are_hidden(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")

        def asks_for(key: str) -> bool:
            return any(key in group.proto.id for group in app.get("button_group"))

        assert asks_for("video_height")
        assert asks_for("mp3_vbr")
        app.toggle(key="video").set_value(False)
        app.get_by_key("formats").set_value(["flac"]).run()
        assert not asks_for("video_height")
        assert not asks_for("mp3_vbr")
        app.button(key="start").click().run()
        request = scripted_api.ask_of("mixtape")
        assert isinstance(request, MixtapeRequest)
        assert (request.video, request.formats, request.mp3_vbr) == (None, ["flac"], False)

    def test_start_opens_the_progress(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        app.button(key="start").click().run()
        assert app.title[0].value == "Jobs"
        assert app.query_params["job"] == "job-1"
        assert app.progress[0].text == "Waiting — next in line"

    def test_draft_with_deleted_tracks_starts_over(self, page: Page) -> None:
        app = page(crate="gone")
        assert "no longer on the server" in words_of(app)
        assert "crate" not in app.query_params
        components = [json.loads(one.proto.json) for one in app.get("bidi_component")]
        zones = [one for one in components if "upload_id" in one]
        assert zones
        assert all(zone["upload_id"] is None for zone in zones)  # next files start a new crate

    def test_names_survive_a_reload(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1", title="Saturday", artist="Ada")
        assert app.text_input(key="mix_title").value == "Saturday"
        app.text_input(key="mix_title").set_value("Sunday").run()
        assert app.query_params["title"] in ("Sunday", ["Sunday"])
        app.text_input(key="mix_title").set_value("").run()
        assert "title" not in app.query_params

    def test_mix_needs_a_file_format(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        app.get_by_key("formats").set_value([]).run()
        assert app.button(key="start").disabled
        assert "Choose at least one file format." in words_of(app)


class TestJobs:
    def test_empty_jobs_page_links_to_forms(self, page: Page) -> None:
        app = page("views/jobs.py")
        assert "No jobs yet." in words_of(app)
        ways = [link.value for link in app.page_link]
        assert ways == ["New mixtape", "Mashup", "Stems", "Restyle", "Account settings"]

    def test_running_job_shows_step_and_time_left(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing", progress=42.0, eta_s=62.0)]
        app = page("views/jobs.py")
        assert app.progress[0].value == 42
        assert app.progress[0].text == "Mixing — about 60 seconds left"

    def test_running_step_shows_its_detail(self, page: Page, scripted_api: ScriptedApi) -> None:
        steps = [{"name": "mixing", "state": "running", "progress": 0.3}]
        scripted_api.all_jobs = [job(step="mixing", detail="segment 12 of 40", steps=steps)]
        page("views/jobs.py")
        app = page("views/jobs.py", job="job-1")
        assert "— 30 % · segment 12 of 40" in words_of(app)

    @pytest.mark.parametrize("status", ["failed", "cancelled", "succeeded"])
    def test_job_of_another_version_cannot_be_retried(
        self, page: Page, scripted_api: ScriptedApi, status: str
    ) -> None:
        error = {"code": "other_version", "message": "Another version made this.", "hint": "So."}
        scripted_api.all_jobs = [job(status=status, error=error)]
        app = page("views/jobs.py")
        assert "Another version made this" in words_of(app)
        assert "That didn't work" not in words_of(app)
        labels = [one.label for one in app.button]
        assert "Retry" not in labels
        assert "Delete permanently" in labels

    def test_analyses_are_not_listed(self, page: Page, scripted_api: ScriptedApi) -> None:
        ask = {"kind": "analysis", "tracks_upload_id": "crate-1"}
        scripted_api.all_jobs = [job(kind="analysis", request=ask)]
        assert "No jobs yet." in words_of(page("views/jobs.py"))

    def test_cancel_retry_and_delete_call_the_api(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing")]
        app = page("views/jobs.py")
        app.button(key="Cancel_job-1").click().run()
        app.button(key="Retry_job-1").click().run()
        scripted_api.all_jobs = [job("cancelled")]
        app.run()
        app.button(key="delete_job-1").click().run()
        assert [what for what, _ in scripted_api.asked] == ["cancel", "retry", "delete"]
        assert "No jobs yet." in words_of(app)

    def test_failed_job_shows_error_and_retry(self, page: Page, scripted_api: ScriptedApi) -> None:
        error = {
            "code": "tool_failed",
            "message": "The encoder gave up.",
            "hint": "Retry it",
            "retryable": True,
        }
        scripted_api.all_jobs = [job("failed", error=error)]
        app = page("views/jobs.py")
        assert "The encoder gave up." in words_of(app)
        assert "Retry it" in words_of(app)
        assert "That didn't work" not in words_of(app)  # the badge says it
        assert app.button(key="Retry_job-1").proto.type == "primary"

    def test_cancelled_job_can_be_retried_but_need_not(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job("cancelled")]
        assert page("views/jobs.py").button(key="Retry_job-1").proto.type == "secondary"

    def test_permanent_failure_offers_no_retry(self, page: Page, scripted_api: ScriptedApi) -> None:
        error = {"code": "not_found", "message": "The song is gone.", "retryable": False}
        scripted_api.all_jobs = [job("failed", error=error)]
        app = page("views/jobs.py")
        assert "The song is gone." in words_of(app)
        assert [one.label for one in app.button if one.label == "Retry"] == []

    @pytest.mark.parametrize("kind", ["result", "mashup", "stems", "restyle"])
    def test_deleted_job_shows_title_and_way_back(self, page: Page, kind: str) -> None:
        page(f"views/{kind}.py")
        app = page(f"views/{kind}.py", job="gone")
        assert not app.exception
        assert app.title[0].value == kind.capitalize()
        assert "This job does not exist." in words_of(app)
        ways = [*(link.value for link in app.page_link), *(one.label for one in app.button)]
        assert [way for way in ways if way == "All jobs" or way.startswith("New ")]

    def test_unreachable_api_shows_its_error(self, page: Page, scripted_api: ScriptedApi) -> None:
        error = ApiError("api_unreachable", "It is not answering.", "Wait", retryable=True)
        scripted_api.jobs_error = error
        app = page("views/jobs.py")
        assert not app.exception
        assert "It is not answering." in words_of(app)
        scripted_api.jobs_error = None
        app.button(key="draw_page_again").click().run()
        assert "No jobs yet." in words_of(app)

    def test_error_that_stays_offers_no_new_try(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.jobs_error = ApiError("not_allowed", "You may not.")
        app = page("views/jobs.py")
        assert "Try again" not in {button.label for button in app.button}

    def test_bug_shows_no_traceback(
        self, page: Page, scripted_api: ScriptedApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        scripted_api.jobs_error = ZeroDivisionError("secret detail")
        app = page("views/jobs.py")
        assert not app.exception
        assert "Something went wrong in Segue." in words_of(app)
        assert "secret detail" not in words_of(app)
        assert "ZeroDivisionError" in caplog.text

    def test_expired_session_returns_to_sign_in(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.jobs_error = ApiError("not_signed_in", "You are not signed in.")
        app = page("views/jobs.py")
        assert "One mix out" in words_of(app)

    def test_title_is_escaped(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.all_jobs = [job("cancelled", title="**Loud** [x](http://evil)")]
        app = page("views/jobs.py")
        assert app.subheader[0].value == "\\*\\*Loud\\*\\* \\[x\\]\\(http\\:\u2060//evil\\)"


class TestResult:
    @pytest.fixture
    def result(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.all_jobs = [FINISHED]
        page("views/result.py")
        app = page("views/result.py", job="job-1")
        assert not app.exception
        return app

    def test_downloads_are_signed_links_with_size(self, result: AppTest) -> None:
        links = {link.value: link.url for link in result.link_button}
        assert links["MP3 · 1.5 MB"] == "http://localhost:8000/signed/save/mix.mp3"
        assert links["Video · 1.5 MB"] == "http://localhost:8000/signed/save/mix.mp4"

    def test_archive_can_be_downloaded(self, result: AppTest) -> None:
        links = {link.value: link.url for link in result.link_button}
        assert links["All as one ZIP"] == "http://localhost:8000/signed/save/artifacts.zip"

    def test_video_plays_from_the_api(self, result: AppTest) -> None:
        assert result.get("video")[0].url == "http://localhost:8000/signed/show/mix.mp4"

    def test_transitions_have_reasons(self, result: AppTest) -> None:
        joins = next(html.value for html in result.html if 'class="join"' in html.value)
        assert "0:52" in joins
        assert "Eight seconds, as asked." in joins

    def test_title_from_tags_is_escaped(self, result: AppTest) -> None:
        joins = next(html.value for html in result.html if 'class="join"' in html.value)
        assert "&lt;b&gt;Second&lt;/b&gt;" in joins

    def test_measurements_and_notes_are_shown(self, result: AppTest) -> None:
        assert [metric.value for metric in result.metric] == [
            "1:52",
            "−14.0 LUFS",
            "−1.0 dBTP",
            "0.0 dB",
        ]
        assert "shorter than asked" in words_of(result)

    def test_result_can_be_deleted(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        result.button(key="delete_job-1").click().run()
        assert ("delete", "job-1") in scripted_api.asked
        assert "Open a finished mix from your jobs." in words_of(result)

    def test_few_notes_are_listed_and_many_folded_away(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        notes = ["One.", "Two.", "Three.", "Four."]
        for count in (2, 4):
            scripted_api.all_jobs = [FINISHED.model_copy(update={"notes": notes[:count]})]
            page("views/result.py")
            app = page("views/result.py", job="job-1")
            assert ":material/info: One\\." in words_of(app)
            folded = [one.label for one in app.expander if one.label.endswith(" notes")]
            assert folded == ([] if count == 2 else ["4 notes"])

    def test_description_is_shown(self, result: AppTest) -> None:
        assert result.code[0].value.startswith("0:00 First")

    def test_fresh_links_are_reused(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        asked = len(scripted_api.asked)
        result.run()
        assert len(scripted_api.asked) == asked

    def test_running_job_plays_its_finished_sound(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        made = [artifact("mix.flac"), artifact("mix.mp3")]
        scripted_api.all_jobs = [job(step="checking", artifacts=made)]
        app = page("views/result.py", job="job-1")
        assert not app.exception
        assert "Listen now" in words_of(app)
        assert ("link", "mix.mp3") in scripted_api.asked
        assert app.progress[0].text == "Measuring the mix"
        scripted_api.all_jobs = [FINISHED]
        assert "Listen now" not in words_of(app.run())
        assert "Downloads" in words_of(app)

    def test_running_job_without_sound_offers_none(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing", artifacts=[artifact("timeline.json")])]
        app = page("views/result.py", job="job-1")
        assert "Listen now" not in words_of(app)
        assert "Mixing" in words_of(app)

    def test_job_card_offers_finished_sound(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.all_jobs = [job(step="checking", artifacts=[artifact("mix.mp3")])]
        app = page("views/jobs.py")
        assert "Listen now" in [button.label for button in app.button]
        scripted_api.all_jobs = [job(step="mixing")]
        assert "Listen now" not in [button.label for button in page("views/jobs.py").button]

    def test_unfinished_job_links_to_its_progress(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing")]
        page("views/result.py")
        app = page("views/result.py", job="job-1")
        assert "Show progress" in [link.value for link in app.page_link]
