"""The Jobs page with jobs of every kind, and retries with the draft separator."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView, MixtapeRequest, StemsRequest
from backend.app.contract.publishing import Publication
from backend.app.contract.webhooks import JobWebhook
from frontend.labels import job_status
from frontend.sections.shared.draft_separator_fallback import with_draft
from tests.frontend.scripted_api import ScriptedApi, job
from tests.frontend.views.test_pages import Page, words_of
from tests.frontend.views.test_stems_page import STEMS, stems_job

REQUESTS: dict[str, dict[str, object]] = {
    "mixtape": {"tracks_upload_id": "c", "tracks": [{"track_id": "a"}, {"track_id": "b"}]},
    "stems": {"track_id": "a"},
    "mashup": {"tracks_upload_id": "c", "vibe": "dark", "tracks": ["a", "b", "d"]},
    "restyle": {"track_id": "a"},
    "stem_mix": {"job_id": "s", "track_id": "a", "faders": [{"stem": "bass", "gain_db": 0.0}]},
    "analysis": {"tracks_upload_id": "c"},
    "preview": {"job_id": "m", "transition": 0},
    "listening": {"job_id": "m", "transition": 0},
}


def of_kind(kind: str, status: str = "succeeded", **more: object) -> JobView:
    fields = {"id": kind, "kind": kind, "title": f"A {kind}"}
    return job(status, **{**fields, "request": {"kind": kind, **REQUESTS[kind]}, **more})


@pytest.fixture
def all_kinds(page: Page, scripted_api: ScriptedApi) -> AppTest:
    scripted_api.all_jobs = [of_kind(kind) for kind in REQUESTS]
    app = page("views/jobs.py")
    assert not app.exception
    return app


def titles(app: AppTest) -> list[str]:
    return [one.value for one in app.subheader]


def test_analyses_previews_and_trials_are_not_listed(all_kinds: AppTest) -> None:
    expected = ["A mixtape", "A stems", "A mashup", "A restyle", "A stem\\_mix"]
    assert titles(all_kinds) == expected


def test_cards_show_kind_and_number_of_tracks(all_kinds: AppTest) -> None:
    text = words_of(all_kinds)
    assert ":material/album: Mixtape · 2 tracks" in text
    assert ":material/layers: Stems · 1 track" in text
    assert ":material/join_inner: Mashup · 3 tracks" in text
    assert ":material/grain: Restyle · 21" in text


def test_jobs_of_a_kind_are_asked_for_by_kind(
    all_kinds: AppTest, scripted_api: ScriptedApi
) -> None:
    all_kinds.get_by_key("jobs_kind").set_value("mashup").run()
    assert titles(all_kinds) == ["A mashup"]
    assert scripted_api.asked_jobs[-1].kind == ["mashup"]
    all_kinds.get_by_key("jobs_kind").set_value("all").run()
    assert len(all_kinds.subheader) == 5
    assert scripted_api.asked_jobs[-1].kind == []


def test_filter_without_a_match_says_so_and_stays(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [of_kind("stems")]
    app = page("views/jobs.py")
    app.get_by_key("jobs_kind").set_value("mashup").run()
    assert "No mashups yet." in words_of(app)
    app.get_by_key("jobs_kind").set_value("all").run()
    assert titles(app) == ["A stems"]


def test_filter_is_hidden_without_jobs(page: Page) -> None:
    assert not page("views/jobs.py").button_group


def test_job_of_an_unknown_kind_is_listed_downloaded_and_deleted(
    page: Page, scripted_api: ScriptedApi
) -> None:
    error = {"code": "other_version", "message": "Another version made this.", "hint": ""}
    hologram = job("succeeded", id="h", kind="hologram_film", title="", error=error)
    scripted_api.all_jobs = [hologram]
    app = page("views/jobs.py")
    assert titles(app) == ["Untitled result"]
    assert ":material/help_center: Hologram film" in words_of(app)
    assert [one.label for one in app.button if one.label.startswith("Open")] == []
    links = {link.value: link.url for link in app.link_button}
    assert links == {"All as one ZIP": "http://localhost:8000/signed/save/artifacts.zip"}
    app.button(key="delete_h").click().run()
    assert ("delete", "h") in scripted_api.asked


def test_stem_mix_opens_the_page_of_its_stems(page: Page, scripted_api: ScriptedApi) -> None:
    request = {"kind": "stem_mix", **REQUESTS["stem_mix"], "job_id": "s1"}
    scripted_api.all_jobs = [of_kind("stem_mix", request=request), stems_job()]
    scripted_api.files["stems.json"] = STEMS
    app = page("views/jobs.py")
    app.button(key="open_stem_mix").click().run()
    assert app.title[0].value == "Both"
    assert app.query_params["job"] in ("s1", ["s1"])


@pytest.fixture
def many(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """45 mixes, the newest first."""
    scripted_api.all_jobs = [of_kind("mixtape", id=f"m{n}", title=f"Mix {n}") for n in range(45)]
    return page("views/jobs.py")


def test_twenty_jobs_are_shown_and_older_ones_on_request(
    many: AppTest, scripted_api: ScriptedApi
) -> None:
    assert titles(many) == [f"Mix {n}" for n in range(20)]
    many.button(key="show_older_jobs").click().run()
    assert len(titles(many)) == 40
    many.button(key="show_older_jobs").click().run()
    assert titles(many) == [f"Mix {n}" for n in range(45)]
    assert "show_older_jobs" not in [one.key for one in many.button]
    assert [query.limit for query in scripted_api.asked_jobs] == [20, 40, 60]


def test_hundreds_of_jobs_need_several_requests(
    page: Page, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.frontend.job_pages.MOST", 10)
    scripted_api.all_jobs = [of_kind("stems", id=f"s{n}", title=f"Stems {n}") for n in range(30)]
    app = page("views/jobs.py")
    assert titles(app) == [f"Stems {n}" for n in range(20)]
    assert [query.before for query in scripted_api.asked_jobs] == [None, "s9"]


def test_several_failed_jobs_show_their_errors(page: Page, scripted_api: ScriptedApi) -> None:
    error = {"code": "tool_failed", "message": "The encoder gave up.", "hint": "Wait"}
    failed = [of_kind("mixtape", "failed", id=f"m{n}", error=error) for n in range(3)]
    scripted_api.all_jobs = [*failed, of_kind("stems")]
    app = page("views/jobs.py")
    assert [one.value for one in app.text].count("The encoder gave up.") == 3
    assert titles(app)[-1] == "A stems"


def test_another_kind_starts_with_twenty_jobs(many: AppTest) -> None:
    many.button(key="show_older_jobs").click().run()
    many.get_by_key("jobs_kind").set_value("mixtape").run()
    assert len(titles(many)) == 20


def test_job_in_the_address_is_first_whatever_its_age(many: AppTest) -> None:
    many.query_params["job"] = "m33"
    many.run()
    assert titles(many) == ["Mix 33", *(f"Mix {n}" for n in range(20))]


def test_few_jobs_need_no_button_for_older_ones(all_kinds: AppTest) -> None:
    assert "show_older_jobs" not in [one.key for one in all_kinds.button]


def test_stems_open_on_the_stems_page(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [stems_job()]
    scripted_api.files["stems.json"] = STEMS
    app = page("views/jobs.py")
    app.button(key="open_s1").click().run()
    assert app.title[0].value == "Both"
    assert app.query_params["job"] in ("s1", ["s1"])


def test_open_button_names_the_result(all_kinds: AppTest) -> None:
    labels = [all_kinds.button(key=f"open_{kind}").label for kind in ("mixtape", "mashup")]
    assert labels == ["Open the mix", "Open the mashup"]


def test_untitled_job_is_named_after_its_kind(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [of_kind("mashup", title="")]
    assert page("views/jobs.py").subheader[0].value == "Untitled mashup"


def failed_without_weights(kind: str, **request: object) -> JobView:
    error = {"code": "weights_unreachable", "message": "No way there.", "retryable": True}
    asked = {"kind": kind, **REQUESTS[kind], "model": "htdemucs_6s", **request}
    return of_kind(kind, "failed", error=error, request=asked)


@pytest.mark.parametrize("kind", ["stems", "mashup", "restyle"])
def test_model_failure_offers_the_draft_separator(
    page: Page, scripted_api: ScriptedApi, kind: str
) -> None:
    asked = failed_without_weights(kind)
    scripted_api.all_jobs = [asked]
    page(f"views/{kind}.py")
    app = page(f"views/{kind}.py", job=kind)
    app.button(key=f"draft_{kind}").click().run()
    assert not app.exception
    assert scripted_api.ask_of(kind) == asked.request.model_copy(update={"model": "draft"})
    assert app.query_params["job"] in (f"{kind}-1", [f"{kind}-1"])


def test_mix_retries_stem_swaps_with_the_draft() -> None:
    webhook = JobWebhook(url="https://example.org/in")
    changed = {"stem_model": "htdemucs", "publish": Publication(), "webhook": webhook}
    asked = with_draft(of_kind("mixtape").request.model_copy(update=changed))
    assert isinstance(asked, MixtapeRequest)
    assert asked.stem_model == "draft"
    assert asked.publish is None, "its publish job still waits for the failed mix"
    assert asked.webhook is None, "its secret is the client's"


def test_draft_is_not_offered_for_stems_it_lacks() -> None:
    config = {"piano": {"sound_id": "s"}}
    piano = failed_without_weights("restyle", config=config)
    assert with_draft(piano.request) is None
    guitar = failed_without_weights("stems", stems=["guitar"])
    assert with_draft(guitar.request) is None
    both = with_draft(failed_without_weights("stems", stems=["guitar", "bass"]).request)
    assert isinstance(both, StemsRequest)
    assert both.stems == ["bass"]


def test_other_failures_offer_no_draft(page: Page, scripted_api: ScriptedApi) -> None:
    error = {"code": "tool_failed", "message": "The encoder gave up.", "retryable": True}
    scripted_api.all_jobs = [of_kind("stems", "failed", error=error)]
    app = page("views/jobs.py")
    assert [one.label for one in app.button if "draft" in one.label] == []


def test_step_names_depend_on_the_kind() -> None:
    assert job_status.step("planning") == "Planning the transitions"
    assert job_status.step("planning", "mashup") == "Arranging the parts"
    assert (
        job_status.job_status(of_kind("stem_mix", "running", step="planning"))
        == "Setting the levels"
    )
