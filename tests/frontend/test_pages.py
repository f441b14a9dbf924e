"""What each page shows and asks for, on a scripted API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import MixtapeRequest
from frontend.api_client import ApiError
from tests.frontend.scripted_api import CRATE, FINISHED, PASSWORD, ScriptedApi, job

Page = Callable[..., AppTest]


def words_of(app: AppTest) -> str:
    """All text on the page, in one string."""
    parts = [*app.title, *app.subheader, *app.markdown, *app.text, *app.caption, *app.error]
    parts += [*app.code, *app.html]
    return "\n".join(str(part.value) for part in parts)


def fill(app: AppTest, form: str, email: str, password: str) -> AppTest:
    app.text_input(key=f"{form}_email").set_value(email)
    app.text_input(key=f"{form}_password").set_value(password)
    button = "Sign in" if form == "sign_in" else "Make my account"
    next(b for b in app.button if b.label == button).click()
    return app.run()


class TestSignIn:
    def test_nothing_but_the_gate_is_shown_to_a_stranger(self, app: AppTest) -> None:
        app.run()
        assert not app.exception
        assert "One mix out" in words_of(app)
        assert "publishes it to YouTube" in words_of(app)
        assert not [b for b in app.button if b.label == "Start mixing"]

    def test_a_wrong_password_is_answered_with_message_and_hint(self, app: AppTest) -> None:
        fill(app.run(), "sign_in", "dj@example.org", "wrong")
        assert "They do not match." in words_of(app)
        assert "Check both\\." in words_of(app)

    def test_the_right_password_leads_to_a_new_mixtape(self, app: AppTest) -> None:
        fill(app.run(), "sign_in", "dj@example.org", PASSWORD)
        assert not app.exception
        assert app.title[0].value == "New mixtape"
        assert app.session_state["session_code"] == "once"

    def test_a_short_password_is_refused_before_the_api_is_asked(
        self, app: AppTest, scripted_api: ScriptedApi
    ) -> None:
        fill(app.run(), "sign_up", "dj@example.org", "short")
        assert "too short" in words_of(app)
        assert scripted_api.asked == []

    def test_signing_up_signs_in(self, app: AppTest, scripted_api: ScriptedApi) -> None:
        fill(app.run(), "sign_up", "dj@example.org", PASSWORD)
        assert app.title[0].value == "New mixtape"
        assert scripted_api.asked == [("register", "dj@example.org")]

    def test_signing_out_revokes_and_shows_the_gate(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        app = page()
        next(b for b in app.button if b.label == "Sign out").click().run()
        assert ("sign_out", None) in scripted_api.asked
        assert "One mix out" in words_of(app)
        assert "credentials" not in app.session_state


class TestNewMixtape:
    def test_an_empty_draft_says_what_to_do(self, page: Page) -> None:
        app = page()
        assert app.button(key="start").disabled
        assert "Drop at least one track first." in words_of(app)

    def test_a_crate_in_the_address_is_found_again(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        assert not app.button(key="start").disabled
        assert "2 tracks, ready to mix." in words_of(app)

    def test_start_asks_for_the_order_and_names_given_by_hand(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
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

    def test_start_leads_to_the_jobs_progress(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        app.button(key="start").click().run()
        assert app.title[0].value == "Jobs"
        assert app.query_params["job"] == "job-1"
        assert app.progress[0].text == "Waiting — next in line"

    def test_a_draft_whose_tracks_are_gone_begins_anew(self, page: Page) -> None:
        app = page(crate="gone")
        assert "no longer there" in words_of(app)
        assert "crate" not in app.query_params

    def test_names_given_so_far_survive_a_reload(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1", title="Saturday", artist="Ada")
        assert app.text_input(key="mix_title").value == "Saturday"
        app.text_input(key="mix_title").set_value("Sunday").run()
        assert app.query_params["title"] in ("Sunday", ["Sunday"])
        app.text_input(key="mix_title").set_value("").run()
        assert "title" not in app.query_params

    def test_no_kind_of_file_is_no_mix(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        app.get_by_key("formats").set_value([]).run()
        assert app.button(key="start").disabled
        assert "Choose at least one kind of file." in words_of(app)


class TestJobs:
    def test_an_empty_page_says_where_to_begin(self, page: Page) -> None:
        app = page("views/jobs.py")
        assert "Nothing made yet." in words_of(app)
        ways = [link.value for link in app.page_link]
        assert ways == ["New mixtape", "Stems", "Mashup", "Restyle"]

    def test_a_working_job_tells_its_step_and_the_time_left(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing", progress=42.0, eta_s=62.0)]
        app = page("views/jobs.py")
        assert app.progress[0].value == 42
        assert app.progress[0].text == "Mixing — about 60 seconds left"

    def test_a_step_says_what_it_is_at(self, page: Page, scripted_api: ScriptedApi) -> None:
        steps = [{"name": "mixing", "state": "running", "progress": 30.0}]
        scripted_api.all_jobs = [job(step="mixing", detail="segment 12 of 40", steps=steps)]
        page("views/jobs.py")
        app = page("views/jobs.py", job="job-1")
        assert "— 30 % · segment 12 of 40" in words_of(app)

    def test_listening_and_previews_are_no_mixes_to_show(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        ask = {"kind": "analysis", "tracks_upload_id": "crate-1"}
        scripted_api.all_jobs = [job(kind="analysis", request=ask)]
        assert "Nothing made yet." in words_of(page("views/jobs.py"))

    def test_cancel_retry_and_delete_reach_the_api(
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
        assert "Nothing made yet." in words_of(app)

    def test_a_failed_job_shows_message_and_hint_and_offers_a_retry(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
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
        assert app.button(key="Retry_job-1").label == "Retry"

    def test_what_would_fail_again_offers_no_retry(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        error = {"code": "not_found", "message": "The song is gone.", "retryable": False}
        scripted_api.all_jobs = [job("failed", error=error)]
        app = page("views/jobs.py")
        assert "The song is gone." in words_of(app)
        assert [one.label for one in app.button if one.label == "Retry"] == []

    @pytest.mark.parametrize("kind", ["result", "mashup", "stems", "restyle"])
    def test_a_job_that_is_gone_has_a_title_and_a_way_back(self, page: Page, kind: str) -> None:
        page(f"views/{kind}.py")
        app = page(f"views/{kind}.py", job="gone")
        assert not app.exception
        assert app.title[0].value == kind.capitalize()
        assert "There is no such job." in words_of(app)
        ways = [*(link.value for link in app.page_link), *(one.label for one in app.button)]
        assert [way for way in ways if way == "All jobs" or "other song" in way]

    def test_an_api_that_does_not_answer_is_told_in_words(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.trouble = ApiError("api_unreachable", "It is not answering.", "Wait")
        app = page("views/jobs.py")
        assert not app.exception
        assert "It is not answering." in words_of(app)

    def test_a_bug_of_ours_shows_no_traceback(
        self, page: Page, scripted_api: ScriptedApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        scripted_api.trouble = ZeroDivisionError("secret detail")
        app = page("views/jobs.py")
        assert not app.exception
        assert "Something went wrong on our side." in words_of(app)
        assert "secret detail" not in words_of(app)
        assert "ZeroDivisionError" in caplog.text

    def test_a_session_that_has_run_out_leads_back_to_the_gate(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.trouble = ApiError("not_signed_in", "You are not signed in.")
        app = page("views/jobs.py")
        assert "One mix out" in words_of(app)

    def test_a_title_is_shown_as_it_is_written(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.all_jobs = [job("cancelled", title="**Loud** [x](http://evil)")]
        app = page("views/jobs.py")
        assert app.subheader[0].value == r"\*\*Loud\*\* \[x\]\(http\://evil\)"


class TestResult:
    @pytest.fixture
    def result(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.all_jobs = [FINISHED]
        page("views/result.py")
        app = page("views/result.py", job="job-1")
        assert not app.exception
        return app

    def test_every_file_is_a_signed_link_with_its_size(self, result: AppTest) -> None:
        links = {link.value: link.url for link in result.link_button}
        assert links["MP3 · 1.5 MB"] == "http://localhost:8000/signed/save/mix.mp3"
        assert links["Video · 1.5 MB"] == "http://localhost:8000/signed/save/mix.mp4"

    def test_all_of_them_come_as_one_archive(self, result: AppTest) -> None:
        links = {link.value: link.url for link in result.link_button}
        assert links["All as one ZIP"] == "http://localhost:8000/signed/save/artifacts.zip"

    def test_the_video_is_played_from_the_api(self, result: AppTest) -> None:
        assert result.get("video")[0].url == "http://localhost:8000/signed/show/mix.mp4"

    def test_each_transition_is_listed_with_its_reason(self, result: AppTest) -> None:
        joins = next(html.value for html in result.html if 'class="join"' in html.value)
        assert "0:52" in joins
        assert "Eight seconds, as asked." in joins

    def test_a_strangers_title_is_text_and_not_markup(self, result: AppTest) -> None:
        joins = next(html.value for html in result.html if 'class="join"' in html.value)
        assert "&lt;b&gt;Second&lt;/b&gt;" in joins

    def test_figures_and_notes_are_told(self, result: AppTest) -> None:
        assert [metric.value for metric in result.metric] == [
            "1:52",
            "−14.0 LUFS",
            "−1.0 dBTP",
            "0.0 dB",
        ]
        assert "shorter than asked" in words_of(result)

    def test_the_description_can_be_copied(self, result: AppTest) -> None:
        assert result.code[0].value.startswith("0:00 First")

    def test_links_are_asked_for_once_while_they_are_fresh(
        self, result: AppTest, scripted_api: ScriptedApi
    ) -> None:
        asked = len(scripted_api.asked)
        result.run()
        assert len(scripted_api.asked) == asked

    def test_an_unfinished_job_leads_to_its_progress(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.all_jobs = [job(step="mixing")]
        page("views/result.py")
        app = page("views/result.py", job="job-1")
        assert "Follow it" in [link.value for link in app.page_link]
