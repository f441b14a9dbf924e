"""Lines and templates that users keep for the descriptions of their mixes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.app.contract.descriptions import DescriptionLines
from backend.app.contract.jobs import MixtapeRequest
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.wiring.jobs import executor
from tests.patience import wait_until

from ..conftest import MIXTAPE, Person, register, serving, tone

LINES = {"links": "https://ada.example\n@ada", "support": "Help Ada", "licence": "CC BY 4.0"}
KEPT = {"lines": LINES, "templates": [{"name": "Short", "template": "{{ title }}"}]}


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A user of a server that renders mixtapes."""
    storage = tmp_path_factory.mktemp("kept") / "storage"
    settings = Settings(_env_file=None, storage_root=storage)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "PIPELINES", {**executor.PIPELINES, "mixtape": MIXTAPE})
        with serving(settings) as client:
            yield register(client, "ada@example.org")


def keep(person: Person, kept: dict[str, object]):
    return person.client.put("/description/kept", json=kept, headers=person.headers)


def test_each_user_keeps_lines_and_templates_of_their_own(ada: Person) -> None:
    bob = register(ada.client, "bob@example.org")
    nothing = {"lines": {"links": "", "support": "", "licence": ""}, "templates": []}
    assert ada.get("/description/kept").json() == nothing
    assert keep(ada, KEPT).json() == KEPT
    assert ada.get("/description/kept").json() == KEPT
    assert bob.get("/description/kept").json() == nothing
    assert ada.client.get("/description/kept").status_code == 401
    assert keep(ada, nothing).json() == ada.get("/description/kept").json() == nothing


@pytest.mark.parametrize(
    ("kept", "code", "message"),
    [
        (
            {"templates": [{"name": "Mine", "template": "One\n{{ 1 + 1 }}"}]},
            "bad_template",
            "“Mine”: Line 2 of the template: calculations cannot be used.",
        ),
        (
            {"templates": [{"name": name, "template": "x"} for name in ("Mine", "mine")]},
            "invalid_request",
            "Two templates have the same name.",
        ),
    ],
)
def test_invalid_templates_are_not_kept(
    ada: Person, kept: dict[str, object], code: str, message: str
) -> None:
    before = ada.get("/description/kept").json()
    refused = keep(ada, kept)
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert (error["code"], error["message"]) == (code, message)
    assert error["hint"]
    assert ada.get("/description/kept").json() == before


@pytest.mark.parametrize(
    "kept",
    [
        {"lines": {"links": "x" * 801}},
        {"templates": [{"name": f"T{n}", "template": "x"} for n in range(6)]},
        {"templates": [{"name": " ", "template": "x"}]},
    ],
)
def test_kept_texts_are_limited(ada: Person, kept: dict[str, object]) -> None:
    assert keep(ada, kept).status_code == 422


def test_kept_lines_stand_under_every_new_mix(ada: Person) -> None:
    keep(ada, KEPT)
    files = [(f"Ada - Song {n}.wav", tone(300.0 + n, seconds=14)) for n in range(3)]
    body = {"tracks_upload_id": ada.send_tracks(*files).json()["id"], "transition_ms": 500}
    job_id = ada.client.post("/jobs", json=body, headers=ada.headers).json()["id"]
    working = ("queued", "running")
    wait_until(lambda: ada.get(f"/jobs/{job_id}").json()["status"] not in working)
    under = "\n\nLinks\nhttps://ada.example\n@ada\n\nHelp Ada\n\nLicence: CC BY 4.0\n\n#mixtape"
    assert under in ada.get(f"/jobs/{job_id}/artifacts/description.txt").text
    # A preview takes the lines that are kept now, or others.
    keep(ada, {"lines": {"links": "", "support": "Help me", "licence": ""}})
    tried = ada.client.post(f"/jobs/{job_id}/words", json={}, headers=ada.headers).json()
    assert "\n\nHelp me\n\n#mixtape" in tried["description"]
    assert "Links" not in tried["description"]
    other = {"lines": {"licence": "All rights reserved"}, "language": "pt"}
    tried = ada.client.post(f"/jobs/{job_id}/words", json=other, headers=ada.headers).json()
    assert "\n\nLicença: All rights reserved\n\n#mixtape" in tried["description"]


def test_inputs_of_earlier_jobs_have_no_lines() -> None:
    request = MixtapeRequest(tracks_upload_id="u")
    stored = MixtapeInputs(request=request, title="", tracks=()).model_dump(mode="json")
    for name in ("lines", "links_in_names"):
        del stored["request"]["description"][name]
    assert MixtapeInputs.model_validate(stored).request.description.lines is None
    assert DescriptionLines().model_dump() == dict.fromkeys(LINES, "")
