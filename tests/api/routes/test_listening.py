"""Listening trials over the API: owners, blindness, answers, export, fitted weights."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import update

from backend.app.contract.listening_request import ListeningRequest
from backend.app.services.listening.rendered import TRIAL, RenderedTrial
from backend.app.store.jobs.job_store import NewJob
from backend.app.store.jobs.tables import JOBS
from tests.listening_data import answered, version

from ..conftest import Person

ANSWER = {"better": "b", "because": ["beat"], "note": "A stumbles."}


def trial_of(person: Person, status: str = "succeeded", kind: str = "listening") -> str:
    """A rendered trial, without its sound."""
    services, user_id = person.client.app.state.services, person.get("/auth/me").json()["id"]
    trial_id, request = secrets.token_hex(16), ListeningRequest(job_id="mix", transition=1)
    text = request.model_dump_json()
    new = NewJob(trial_id, user_id, kind, "Trial", text, "{}", 60.0, lane="none")
    assert services.stores.jobs.add(new, quota=1000)
    versions = version("other", {"phrases_meet": 1.2}, kind="echo", bars=2), version("mix")
    rendered = RenderedTrial(
        outgoing="First", incoming="Second", duration_s=36.5, versions=versions
    )
    workspace = services.stores.workspaces.of(trial_id)
    workspace.root.mkdir(parents=True)
    workspace.write_shape(TRIAL, rendered)
    services.stores.database.change(update(JOBS).where(JOBS.c.id == trial_id).values(status=status))
    return trial_id


def answer(person: Person, trial_id: str, body: object = ANSWER):
    path = f"/listening/trials/{trial_id}/answer"
    return person.client.post(path, json=body, headers=person.headers)


def test_versions_are_shown_after_the_answer(alice: Person):
    trial = trial_of(alice)
    blind = alice.get(f"/listening/trials/{trial}")
    assert (blind.json()["answered"], blind.json()["duration_s"]) == (None, 36.5)
    for path in (f"/listening/trials/{trial}", f"/jobs/{trial}", f"/jobs/{trial}/artifacts"):
        text = alice.get(path).text
        assert not {"echo", "blend", "phrases_meet"} & set(text.replace('"', " ").split())
    assert alice.get(f"/jobs/{trial}/artifacts/{TRIAL}").status_code == 404
    shown = answer(alice, trial)
    assert shown.status_code == 200, shown.text
    opened = shown.json()["answered"]
    assert (opened["a"]["kind"], opened["b"]["kind"]) == ("echo", "blend")
    assert opened["answer"] == ANSWER
    assert alice.get(f"/listening/trials/{trial}").json() == shown.json()


def test_trial_is_answered_once(alice: Person):
    trial = trial_of(alice)
    assert answer(alice, trial).status_code == 200
    again = answer(alice, trial, {"better": "a"})
    assert again.status_code == 409
    assert alice.get(f"/listening/trials/{trial}").json()["answered"]["answer"] == ANSWER


def test_unfinished_trial_takes_no_answer(alice: Person):
    assert answer(alice, trial_of(alice, "failed")).status_code == 409


def test_jobs_of_other_kinds_are_no_trials(alice: Person):
    preview = trial_of(alice, kind="preview")
    assert alice.get(f"/listening/trials/{preview}").status_code == 404
    assert answer(alice, preview).status_code == 404


def test_trials_of_others_are_unknown(alice: Person, bob: Person):
    trial = trial_of(alice)
    assert bob.get(f"/listening/trials/{trial}").status_code == 404
    assert answer(bob, trial).status_code == 404
    assert answer(alice, trial).status_code == 200
    assert bob.get("/listening/answers").json() == {"answers": [], "more": False}
    assert trial not in bob.get("/listening/answers.csv").text
    assert bob.get(f"/listening/answers?before={trial}").status_code == 404
    for path in (f"/jobs/{trial}", f"/jobs/{trial}/artifacts", f"/jobs/{trial}/artifacts/a.mp3"):
        assert bob.get(path).status_code == 404
    assert bob.client.delete(f"/jobs/{trial}", headers=bob.headers).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"better": "c"}, {"better": "a", "because": ["luck"]}, {"better": "a", "x": 1}]
)
def test_invalid_answers_are_rejected(alice: Person, body: object):
    assert answer(alice, trial_of(alice), body).status_code == 422


def test_repeated_reasons_count_once(alice: Person):
    shown = answer(alice, trial_of(alice), {"better": "a", "because": ["key", "beat", "key"]})
    assert shown.json()["answered"]["answer"]["because"] == ["key", "beat"]


def test_trial_needs_a_mix_of_the_user(alice: Person):
    body = {"job_id": "x", "transition": 0}
    started = alice.client.post("/listening/trials", json=body, headers=alice.headers)
    assert started.status_code == 404
    assert "no such mixtape" in started.text


def test_answers_are_listed_and_exported(alice: Person):
    trials = [trial_of(alice) for _ in range(3)]
    for trial in trials:
        answer(alice, trial)
    first = alice.get("/listening/answers?limit=2").json()
    assert [one["id"] for one in first["answers"]] == trials[:0:-1]
    assert first["more"]
    rest = alice.get(f"/listening/answers?limit=2&before={trials[1]}").json()
    assert ([one["id"] for one in rest["answers"]], rest["more"]) == ([trials[0]], False)
    exported = alice.get("/listening/answers.csv")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert exported.text.count("A stumbles.") == 3


def test_admins_apply_and_undo_a_fit(alice: Person, bob: Person):
    answers = alice.client.app.state.services.listening.trials.answers
    listener = bob.get("/auth/me").json()["id"]
    for number in range(24):
        penalties = {"phrases_meet": 1.2}, {"keys_agree": 2.1}
        answers.add(listener, answered(number, "b", *penalties))
    shown = alice.get("/admin/rule-weights").json()
    assert (shown["usable"], shown["n_answers"], shown["rules"]["version"]) == (True, 24, 0)
    for path in ("/admin/rule-weights/fit", "/admin/rule-weights/undo"):
        assert bob.client.post(path, headers=bob.headers).status_code == 403
    assert bob.get("/admin/rule-weights").status_code == 403

    def press(action: str, version: int):
        path = f"/admin/rule-weights/{action}?version={version}"
        return alice.client.post(path, headers=alice.headers)

    path = "/admin/rule-weights/fit?version=0&n_answers=23"
    assert alice.client.post(path, headers=alice.headers).status_code == 409
    assert press("fit", 0).json()["rules"]["rule_weights"]["phrases_meet"] > 1.2
    assert press("undo", 0).status_code == 409
    assert press("undo", 1).json()["rules"]["rule_weights"] == {}
