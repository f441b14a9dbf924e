"""Jobs of every kind among each other: told apart, looked at by kind, each opened on its page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView
from frontend import words
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
    assert ":material/grain: Restyle · 1 track" in said


def test_one_kind_can_be_looked_at(all_kinds: AppTest) -> None:
    all_kinds.get_by_key("jobs_kind").set_value("mashup").run()
    assert [one.value for one in all_kinds.subheader] == ["A mashup"]


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


def test_a_step_is_said_as_its_kind_of_job_has_it() -> None:
    assert words.step("planning") == "Planning the joins"
    assert words.step("planning", "mashup") == "Arranging the parts"
    assert words.standing(of_kind("stem_mix", "running", step="planning")) == "Setting the levels"
