"""Jobs of every kind among each other: told apart, looked at by kind, each opened on its page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView, MixtapeRequest, StemsRequest
from backend.app.contract.publishing import Publication
from frontend import words
from frontend.job_kinds import with_draft
from tests.frontend.scripted_api import ScriptedApi, job
from tests.frontend.test_pages import Page, words_of
from tests.frontend.test_stems_page import STEMS, stems_job

REQUESTS: dict[str, dict[str, object]] = {
    "mixtape": {"tracks_upload_id": "c", "tracks": [{"track_id": "a"}, {"track_id": "b"}]},
    "stems": {"track_id": "a"},
    "mashup": {"tracks_upload_id": "c", "vibe": "dark", "tracks": ["a", "b", "d"]},
    "restyle": {"track_id": "a"},
    "stem_mix": {"job_id": "s", "track_id": "a", "faders": [{"stem": "bass", "gain_db": 0.0}]},
    "analysis": {"tracks_upload_id": "c"},
    "preview": {"job_id": "m", "transition": 0},
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


def test_what_was_started_by_name_is_listed_and_its_parts_are_not(all_kinds: AppTest) -> None:
    assert [one.value for one in all_kinds.subheader] == [
        "A mixtape",
        "A stems",
        "A mashup",
        "A restyle",
    ]


def test_each_says_its_kind_in_a_word(all_kinds: AppTest) -> None:
    said = words_of(all_kinds)
    assert ":material/album: Mixtape · 2 tracks" in said
    assert ":material/layers: Stems · 1 track" in said
    assert ":material/join_inner: Mashup · 3 tracks" in said
    assert ":material/grain: Restyle · 21" in said


def test_one_kind_can_be_looked_at(all_kinds: AppTest) -> None:
    all_kinds.get_by_key("jobs_kind").set_value("mashup").run()
    assert [one.value for one in all_kinds.subheader] == ["A mashup"]
    all_kinds.get_by_key("jobs_kind").set_value("all").run()
    assert len(all_kinds.subheader) == 4


def test_one_kind_alone_needs_no_choice(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [of_kind("stems")]
    app = page("views/jobs.py")
    assert not app.button_group


def test_stems_open_on_their_own_page(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [stems_job()]
    scripted_api.files["stems.json"] = STEMS
    app = page("views/jobs.py")
    app.button(key="open_s1").click().run()
    assert app.title[0].value == "Both"
    assert app.query_params["job"] in ("s1", ["s1"])


def test_the_button_names_what_was_made(all_kinds: AppTest) -> None:
    labels = [all_kinds.button(key=f"open_{kind}").label for kind in ("mixtape", "mashup")]
    assert labels == ["Open the mix", "Open the mashup"]


def test_a_job_without_a_title_goes_by_its_kind(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.all_jobs = [of_kind("mashup", title="")]
    assert page("views/jobs.py").subheader[0].value == "Untitled mashup"


def gone_without_weights(kind: str, **request: object) -> JobView:
    error = {"code": "weights_unreachable", "message": "No way there.", "retryable": True}
    asked = {"kind": kind, **REQUESTS[kind], "model": "htdemucs_6s", **request}
    return of_kind(kind, "failed", error=error, request=asked)


@pytest.mark.parametrize("kind", ["stems", "mashup", "restyle"])
def test_what_fails_for_want_of_a_model_starts_again_with_the_draft(
    page: Page, scripted_api: ScriptedApi, kind: str
) -> None:
    asked = gone_without_weights(kind)
    scripted_api.all_jobs = [asked]
    page(f"views/{kind}.py")
    app = page(f"views/{kind}.py", job=kind)
    app.button(key=f"draft_{kind}").click().run()
    assert not app.exception
    assert scripted_api.ask_of(kind) == asked.request.model_copy(update={"model": "draft"})
    assert app.query_params["job"] in (f"{kind}-1", [f"{kind}-1"])


def test_a_mix_is_given_the_draft_for_its_swaps() -> None:
    changed = {"stem_model": "htdemucs", "publish": Publication()}
    asked = with_draft(of_kind("mixtape").request.model_copy(update=changed))
    assert isinstance(asked, MixtapeRequest)
    assert asked.stem_model == "draft"
    assert asked.publish is None, "what was to go online waits for the one that failed"


def test_no_draft_is_offered_for_what_it_cannot_tell_apart() -> None:
    config = {"piano": {"sound_id": "s"}}
    piano = gone_without_weights("restyle", config=config)
    assert with_draft(piano.request) is None
    guitar = gone_without_weights("stems", stems=["guitar"])
    assert with_draft(guitar.request) is None
    both = with_draft(gone_without_weights("stems", stems=["guitar", "bass"]).request)
    assert isinstance(both, StemsRequest)
    assert both.stems == ["bass"]


def test_another_failure_offers_no_draft(page: Page, scripted_api: ScriptedApi) -> None:
    error = {"code": "tool_failed", "message": "The encoder gave up.", "retryable": True}
    scripted_api.all_jobs = [of_kind("stems", "failed", error=error)]
    app = page("views/jobs.py")
    assert [one.label for one in app.button if "draft" in one.label] == []


def test_a_step_is_said_as_its_kind_of_job_has_it() -> None:
    assert words.step("planning") == "Planning the joins"
    assert words.step("planning", "mashup") == "Arranging the parts"
    assert words.standing(of_kind("stem_mix", "running", step="planning")) == "Setting the levels"
