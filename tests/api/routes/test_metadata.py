"""Previews of metadata over HTTP, on a rendered mix with a local language model."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from backend.app.publishing.metadata.chapters import chapters_in
from backend.app.publishing.metadata.template import DEFAULT_TEMPLATE
from backend.app.settings import Settings
from backend.app.store.jobs.queue import SqlJobQueue
from backend.app.wiring.jobs import executor
from tests.llm.server import Act, Answer, Handler, LlmServer
from tests.llm.server import serving as llm_serving
from tests.patience import PATIENCE_S, wait_until
from tests.publishing.metadata.llm.stand_in_model import writes

from ..conftest import MIXTAPE, Person, register, serving, tone

GOOD = writes(
    json.dumps(
        {
            "title": "A slow night",
            "hook": "A calm start that never hurries.",
            "body": "Play it after dark. By Carl Cox." + " It goes on and on." * 40,
            "hashtags": ["deephouse"],
            "tags": ["deep house"],
        }
    )
)


@pytest.fixture(scope="module")
def model() -> Iterator[LlmServer]:
    with llm_serving(GOOD) as server:
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model: LlmServer) -> Iterator[Person]:
    """A user of a server with real mixes and a language model."""
    settings = Settings(
        _env_file=None,
        storage_root=tmp_path_factory.mktemp("words") / "storage",
        openai_api_key="sk-canary",
        openai_base_url=model.base_url,
        youtube_max_description_bytes=600,
    )
    with pytest.MonkeyPatch.context() as patch:
        real = {**executor.PIPELINES, "mixtape": MIXTAPE}
        patch.setattr(executor, "PIPELINES", real)
        with serving(settings) as client:
            yield register(client, "ada@example.org")


def started(house: Person, **wishes: object) -> str:
    files = [(f"Ada - Song {n}.wav", tone(300.0 + n, seconds=14)) for n in range(3)]
    crate = house.send_tracks(*files).json()
    body = {"tracks_upload_id": crate["id"], "title": "Night <drive>", "transition_ms": 500}
    answer = house.client.post("/jobs", json={**body, **wishes}, headers=house.headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def ended(house: Person, job_id: str) -> dict[str, object]:
    working = ("queued", "running")
    wait_until(lambda: house.get(f"/jobs/{job_id}").json()["status"] not in working)
    return dict(house.get(f"/jobs/{job_id}").json())


@pytest.fixture(scope="module")
def mix(house: Person) -> str:
    job_id = started(house, description={"writer": "llm", "intro": ""})
    assert ended(house, job_id)["status"] == "succeeded"
    return job_id


def words(house: Person, job_id: str, **options: object):
    return house.client.post(f"/jobs/{job_id}/words", json=options, headers=house.headers)


def test_mixtape_metadata_combines_model_text_and_facts(house: Person, mix: str) -> None:
    job = house.get(f"/jobs/{mix}").json()
    names = {file["name"]: file["media_type"] for file in job["artifacts"]}
    assert names["words.json"] == "application/json"
    assert names["description.txt"].startswith("text/plain")
    kept = house.get(f"/jobs/{mix}/artifacts/words.json").json()
    text = house.get(f"/jobs/{mix}/artifacts/description.txt").text
    assert kept["description"] == text
    assert (kept["written_by"], kept["title"]) == ("llm", "A slow night")
    assert text.startswith("41 seconds · 3 tracks\n\nA calm start that never hurries.\n\nPlay it")
    assert [chapter.second for chapter in chapters_in(text)] == [0, 13, 27]
    assert "Carl Cox" not in text
    assert "A language model wrote the text around the facts." in job["notes"]
    # The job's process also knows this server's limits.
    assert "The intro was shortened to fit into YouTube's 600 bytes." in job["notes"]
    assert len(text.encode()) <= 600
    assert any("Left out: 1 of 43 sentences (a name" in note for note in job["notes"])


def test_preview_stores_nothing(house: Person, mix: str) -> None:
    template = "{{ title }}, {{ n_tracks }} tracks, {{ duration }}\n" + DEFAULT_TEMPLATE
    tried = words(house, mix, template=template, intro="Mine.", hashtags=["one"]).json()
    assert tried["description"].startswith("Night ‹drive›, 3 tracks, 0:41\n41 seconds · ")
    assert "\n\nMine.\n\nTracklist\n0:00 " in tried["description"]
    assert tried["hashtags"] == ["#one"]
    assert (tried["written_by"], tried["notes"]) == ("template", [])
    assert tried["title"] == "Night ‹drive›"
    assert tried["tags"][:2] == ["one", "Ada"]
    kept = house.get(f"/jobs/{mix}/artifacts/words.json").json()
    assert kept["title"] == "A slow night"


def test_description_limit_applies_and_is_noted(house: Person, mix: str) -> None:
    tried = words(house, mix, intro="A long intro. " * 60).json()
    assert len(tried["description"].encode()) <= 600
    assert "The intro was shortened to fit into YouTube's 600 bytes." in tried["notes"]


def test_template_without_chapters_gets_a_note(house: Person, mix: str) -> None:
    notes = words(house, mix, template="Nothing but this.").json()["notes"]
    assert "YouTube shows no chapters if there are fewer than 3; the description lists 0." in notes


def test_invalid_template_is_rejected_with_its_line(house: Person, mix: str) -> None:
    refused = words(house, mix, template="One\n{{ 'x' * 10 ** 10 }}")
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert error["code"] == "bad_template"
    assert error["message"] == "Line 2 of the template: calculations cannot be used."
    crate = house.send_tracks(("a.wav", tone())).json()
    for kind in ("mixtape", "mashup"):
        wish = {
            "kind": kind,
            "tracks_upload_id": crate["id"],
            "description": {"template": "{{ x }}"},
        }
        vibe = {"vibe": "dark"} if kind == "mashup" else {}
        answer = house.client.post("/jobs", json={**wish, **vibe}, headers=house.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_template")


def test_default_template_is_served_for_editing(house: Person, mix: str) -> None:
    view = house.get("/words/template").json()
    assert words(house, mix, template=view["template"]).json() == words(house, mix).json()
    for one in view["names"]:
        named = one["name"]
        fields = "".join(f"{{{{ x.{field} }}}}" for field in one["fields"]) or "{{ x }}"
        use = f"{{% for x in {named} %}}{fields}{{% endfor %}}" if one["is_sequence"] else ""
        assert words(house, mix, template=use or f"{{{{ {named} }}}}").status_code == 200, named
        assert one["meaning"]
        assert one["example"]
    assert "\n\nAn hour of deep house" in view["example"]
    assert "join" in view["filters"]
    assert view["has_language_model"]


def test_preview_asks_the_model(house: Person, mix: str) -> None:
    tried = words(house, mix, writer="llm", language="de").json()
    assert (tried["written_by"], tried["title"]) == ("llm", "A slow night")
    assert words(house, mix, writer="llm", language="no language!").status_code == 422


def test_preview_of_missing_or_unplanned_mix_is_rejected(
    house: Person, mix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert words(house, "f" * 32).status_code == 404
    stranger = register(house.client, "bob@example.org")
    assert words(stranger, mix).status_code == 404
    assert house.client.post(f"/jobs/{mix}/words", json={}).status_code == 401
    assert house.client.get("/words/template").status_code == 401
    crate = house.send_tracks(("a.wav", tone())).json()
    listening = {"kind": "analysis", "tracks_upload_id": crate["id"]}
    other = house.client.post("/jobs", json=listening, headers=house.headers).json()["id"]
    assert words(house, other).status_code == 422
    monkeypatch.setattr(SqlJobQueue, "claim", lambda *_: None)
    waiting = started(house)
    early = words(house, waiting)
    assert early.status_code == 409
    assert "not planned" in early.json()["error"]["message"]
    for job_id in (waiting, other):
        house.client.post(f"/jobs/{job_id}/cancel", headers=house.headers)


def test_at_most_two_previews_ask_the_model(house: Person, mix: str, model: LlmServer) -> None:
    held, go_on = threading.Semaphore(0), threading.Event()

    def hold(handler: Handler, request: Answer) -> None:
        held.release()
        go_on.wait(PATIENCE_S)
        GOOD(handler, request)

    acts: list[Act] = [*model.acts]
    model.acts = [hold]
    answers: list[int] = []

    def ask() -> None:
        answers.append(words(house, mix, writer="llm").status_code)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    try:
        for thread in asking:
            thread.start()
        for _ in asking:
            assert held.acquire(timeout=PATIENCE_S)
        refused = words(house, mix, writer="llm")
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "busy"
        assert refused.headers["retry-after"]
        assert words(house, mix).status_code == 200
    finally:
        go_on.set()
        for thread in asking:
            thread.join()
        model.acts = acts
    assert answers == [200, 200]
    assert words(house, mix, writer="llm").status_code == 200
