"""The list of jobs over HTTP: pages, filters, shortened rows, costs."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event

from backend.app.contract.jobs import (
    AnalysisRequest,
    JobRequest,
    MixtapeRequest,
    PreviewRequest,
    StemFader,
    StemMixRequest,
    TrackPick,
)
from backend.app.contract.listening_request import ListeningRequest
from backend.app.jobs.queue import ExpectedStep
from backend.app.jobs.workspace import WrittenFile
from backend.app.store.jobs.job_store import NewJob
from backend.app.store.jobs.queue import SqlJobQueue

from ..conftest import Person

LONG_MIX = MixtapeRequest(
    tracks_upload_id="crate",
    title="Saturday",
    tracks=[TrackPick(track_id=f"{n:032x}") for n in range(500)],
)
REQUESTS: dict[str, JobRequest] = {
    "mixtape": MixtapeRequest(tracks_upload_id="crate"),
    "preview": PreviewRequest(job_id="mix", transition=2),
    "listening": ListeningRequest(job_id="mix", transition=2),
    "analysis": AnalysisRequest(tracks_upload_id="crate"),
    "stem_mix": StemMixRequest(
        job_id="s", track_id="t", faders=[StemFader(stem="bass", gain_db=0.0)]
    ),
}


@pytest.fixture
def alice_stopped(alice: Person) -> Person:
    """A user whose jobs stay queued."""
    alice.client.app.state.services.executor.stop()
    return alice


def add(person: Person, kind: str, request: JobRequest | None = None) -> str:
    """Queue a job directly, without resolving a request, which would need a crate."""
    services, user_id = person.client.app.state.services, person.get("/auth/me").json()["id"]
    job_id = f"{kind}-{len(rows(person, limit=100, kind=[kind]))}"
    text = (request or REQUESTS.get(kind, REQUESTS["analysis"])).model_dump_json()
    new = NewJob(job_id, user_id, kind, job_id, text, "{}", 60.0, lane="none")
    assert services.stores.jobs.add(new, quota=1000)
    return job_id


def ask(person: Person, **query: object):
    return person.client.get("/jobs", params=query, headers=person.headers)


def rows(person: Person, **query: object) -> list[dict]:
    answer = ask(person, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["jobs"]


def ids(person: Person, **query: object) -> list[str]:
    return [row["id"] for row in rows(person, **query)]


def test_previews_and_analyses_are_listed_only_if_asked_for(alice_stopped: Person):
    for kind in ("mixtape", "preview", "listening", "analysis", "stem_mix", "hologram"):
        add(alice_stopped, kind)
    assert ids(alice_stopped) == ["hologram-0", "stem_mix-0", "mixtape-0"]
    assert ids(alice_stopped, kind="preview") == ["preview-0"]
    assert ids(alice_stopped, kind=["analysis", "mixtape"]) == ["analysis-0", "mixtape-0"]
    assert ids(alice_stopped, kind="film") == []


def test_hundred_previews_hide_no_mix(alice_stopped: Person):
    add(alice_stopped, "mixtape")
    for _ in range(101):
        add(alice_stopped, "preview", REQUESTS["preview"])
    assert ids(alice_stopped) == ["mixtape-0"]


def test_pages_follow_each_other(alice_stopped: Person):
    made = [add(alice_stopped, "mixtape") for _ in range(5)]
    first = ask(alice_stopped, limit=2).json()
    assert ([row["id"] for row in first["jobs"]], first["more"]) == ([made[4], made[3]], True)
    last = ask(alice_stopped, limit=3, before=made[3]).json()
    assert ([row["id"] for row in last["jobs"]], last["more"]) == (made[2::-1], False)


def test_page_is_of_twenty_unless_asked_for(alice_stopped: Person):
    for _ in range(21):
        add(alice_stopped, "mixtape")
    answer = ask(alice_stopped).json()
    assert (len(answer["jobs"]), answer["more"]) == (20, True)


def test_jobs_are_listed_by_status(alice_stopped: Person):
    waiting, ended = (add(alice_stopped, "mixtape") for _ in range(2))
    alice_stopped.client.post(f"/jobs/{ended}/cancel", headers=alice_stopped.headers)
    assert ids(alice_stopped, status="cancelled") == [ended]
    assert ids(alice_stopped, status=["queued", "running"]) == [waiting]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"status": "asleep"}, "query.status"),
        ({"limit": 0}, "query.limit"),
        ({"limit": 101}, "query.limit"),
        ({"kinds": "mixtape"}, "query.kinds"),
        ({"before": "x" * 300}, "query.before"),
    ],
)
def test_invalid_query_names_the_parameter(alice: Person, query: dict[str, object], said: str):
    answer = ask(alice, **query)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]


def test_page_before_another_users_job_is_not_found(alice_stopped: Person, bob: Person):
    mine = add(alice_stopped, "mixtape")
    for before in (mine, "nothing"):
        answer = ask(bob, before=before)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
        assert "newest" in answer.json()["error"]["hint"]


def test_row_leaves_out_what_grows_with_the_tracks(alice_stopped: Person):
    """The complete request, notes and artifacts are in ``GET /jobs/{id}``."""
    job_id = add(alice_stopped, "mixtape", LONG_MIX)
    [row] = rows(alice_stopped)
    whole = alice_stopped.get(f"/jobs/{job_id}").json()
    assert set(whole) - set(row) == {"notes", "artifacts"}
    assert {name for name in row if row[name] != whole[name]} <= {"request", "eta_s"}
    assert row["n_tracks"] == 500
    left_out = set(whole["request"]) - set(row["request"])
    assert {"tracks", "overrides", "locks", "description", "formats"} <= left_out
    assert row["request"].items() <= whole["request"].items()
    assert row["request"]["tracks_upload_id"] == "crate"


def test_page_of_long_mixes_is_small_and_needs_few_statements(alice_stopped: Person):
    """Neither size nor statements grow with the number of jobs, or of their tracks."""
    queue = SqlJobQueue(alice_stopped.client.app.state.services.stores.database)
    for _ in range(20):
        add(alice_stopped, "mixtape", LONG_MIX)
    steps = [ExpectedStep(f"step_{n}", 1.0, kept=False) for n in range(8)]
    files = [WrittenFile(f"mix-{n}.mp3", "audio/mpeg", 10**8, "0" * 64) for n in range(20)]
    while claim := queue.claim("test", 60.0, "none"):
        queue.planned(claim, steps)
        for step in steps:
            queue.step_finished(claim, step.name, files if step is steps[0] else [], 1.0)
        for n in range(24):
            queue.noted(claim, f"Join {n}: the tempi are too far apart to match their beats.")
        queue.succeeded(claim)
    asked: list[str] = []

    def listen(_conn, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        answer = ask(alice_stopped)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(answer.json()["jobs"]) == 20
    # Statements for the user, for rows and steps, for publications. One row of this mix once took
    # 60 kB.
    assert len([one for one in asked if one.startswith("SELECT")]) <= 5
    assert len(answer.content) / 20 < 2000
