"""Jobs, uploads and rules of an earlier version are listed, shown, continued and deleted."""

from __future__ import annotations

import importlib

import pytest

from backend.app.contract.analysis import GridFix
from backend.app.contract.mixes import TimelineView
from backend.app.dj.timeline_json import timeline_of, view_of
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.executor import PIPELINES
from backend.app.wiring.stores import open_stores

KINDS = {
    "mixtape",
    "analysis",
    "preview",
    "stems",
    "mashup",
    "restyle",
    "stem_mix",
    "publish",
}
NEWER = {"listening"}  # kinds of which the stored rows have no job
PENDING = ("queued", "running")


def known_fields(shown, stored):
    """The fields of an answer that a stored object has; later versions add others."""
    if isinstance(stored, dict):
        return {name: known_fields(shown[name], value) for name, value in stored.items()}
    if isinstance(stored, list) and len(shown) == len(stored):
        return [known_fields(*pair) for pair in zip(shown, stored, strict=True)]
    return shown


def listed(ann):
    """All jobs; previews and analyses are listed only if asked for."""
    answer = ann.get("/jobs", params={"kind": sorted(KINDS), "limit": 100})
    assert answer.status_code == 200, answer.text
    return {job["id"]: job for job in answer.json()["jobs"]}


def started(ann, **request):
    answer = ann.post("/jobs", json=request)
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_jobs_of_every_kind_are_listed_as_they_ended(ann, storage):
    jobs = listed(ann)
    assert {job["kind"] for job in jobs.values()} == KINDS == set(PIPELINES) - NEWER
    assert {one: job["status"] for one, job in jobs.items()} == storage.column("status")
    assert {one: job["title"] for one, job in jobs.items()} == storage.column("title")
    (failed,) = [job for job in jobs.values() if job["status"] == "failed"]
    assert failed["error"]["code"] == "not_found"
    assert [job["id"] for job in jobs.values() if job["error"]] == [failed["id"]]


def test_a_request_is_shown_with_every_stored_field(ann, storage):
    for job_id, job in listed(ann).items():
        shown = ann.get(f"/jobs/{job_id}")
        assert shown.status_code == 200
        stored = storage.request(job_id)
        assert known_fields(shown.json()["request"], stored) == stored
        assert job["request"].items() <= shown.json()["request"].items()
        assert shown.json()["steps"] == job["steps"]


def test_steps_keep_their_names_and_times(ann, storage):
    steps = listed(ann)[storage.job("mixtape")]["steps"]
    names = [
        "analysing",
        "ordering",
        "planning",
        "stretching",
        "mixing",
        "checking",
        "filming",
        "describing",
    ]
    assert [step["name"] for step in steps] == names
    assert all(step["seconds"] > 0 for step in steps)
    assert {step["progress"] for step in steps} == {1.0}


def test_a_publication_keeps_its_video(ann, storage):
    (view,) = listed(ann)[storage.job("mixtape")]["publications"]
    assert (view["job_id"], view["state"]) == (storage.job("publish"), "published")
    assert view["privacy"] == "unlisted"
    assert view["url"].endswith(view["video_id"])
    (waiting,) = listed(ann)[storage.job("publish", "queued")]["publications"]
    assert (waiting["state"], waiting["title"]) == ("waiting", "Waits")
    assert ann.get("/youtube/status").json()["channel"]["title"] == "Stand-in Channel"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_failed_or_cancelled_job_is_retried(ann, storage, status):
    answer = ann.post(f"/jobs/{storage.job('mixtape', status)}/retry")
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")


def test_everything_can_be_deleted(ann, storage):
    uploads = {
        request["tracks_upload_id"]
        for request in map(storage.request, storage.column("id"))
        if request.get("tracks_upload_id")
    }
    (in_use,) = {storage.request(storage.job("mashup", "queued"))["tracks_upload_id"]}
    assert ann.delete(f"/uploads/{in_use}").json()["error"]["code"] == "conflict"
    for job_id, job in listed(ann).items():
        if job["status"] in PENDING:
            assert ann.post(f"/jobs/{job_id}/cancel").json()["status"] == "cancelled"
    for job_id in listed(ann):
        assert ann.delete(f"/jobs/{job_id}").status_code == 204
    assert listed(ann) == {}
    assert not list((storage.root / "jobs").iterdir())
    for upload in uploads:
        assert ann.delete(f"/uploads/{upload}").status_code == 204
        assert ann.get(f"/uploads/{upload}").status_code == 404


def test_library_keeps_tracks_and_sounds(ann, storage):
    crate = ann.get(f"/uploads/{storage.request(storage.job('mixtape'))['tracks_upload_id']}")
    assert [track["title"] for track in crate.json()["tracks"]] == ["Ay", "Bee", "Sea"]
    assert [sound["name"] for sound in ann.get("/sounds").json()["sounds"]] == ["strings"]


def test_a_corrected_analysis_stays_corrected(ann, storage):
    crate = ann.get(f"/uploads/{storage.request(storage.job('mixtape'))['tracks_upload_id']}")
    ids = [track["id"] for track in crate.json()["tracks"]]
    library, user_id = ann.app.state.services.files.library, ann.get("/auth/me").json()["id"]
    fixes = [library.track(user_id, track_id).grid_fix for track_id in ids]
    assert fixes == [None, GridFix(tempo_bpm=126.0, key="C major"), None]


def test_changed_house_rules_stay_in_force(ann):
    view = ann.get("/admin/dj-rules").json()
    assert view["version"] == 1
    assert view["rules"]["max_stretch_percent"] == 5.0
    assert view["rules"]["energy_arc"] == [0.2, 0.9, 0.4]


def test_jobs_are_based_on_earlier_ones(ann, storage):
    mix, stems = storage.job("mixtape"), storage.job("stems")
    started(ann, kind="preview", job_id=mix, transition=1)
    track = storage.request(storage.job("restyle"))["track_id"]
    faders = [{"stem": "drums", "gain_db": 0.0}]
    started(ann, kind="stem_mix", job_id=stems, track_id=track, faders=faders)
    words = ann.post(f"/jobs/{mix}/words", json={})
    assert words.status_code == 200, words.text


def test_preview_of_an_earlier_mix_waits_for_no_mix(ann, storage):
    preview = started(ann, kind="preview", job_id=storage.job("mixtape"), transition=0)
    assert storage.column("lane")[preview["id"]] == "interactive"


def test_a_rerender_starts_from_the_earlier_plan(ann, storage):
    base = storage.job("mixtape")
    plan = (storage.root / "jobs" / base / "timeline.json").read_bytes()
    before = TimelineView.model_validate_json(plan)
    asked = {
        **storage.request(base),
        "tracks": [{"track_id": clip.track_id} for clip in before.clips],
        "order": "given",
        "locks": [],
        "energy_arc": None,
        "overrides": [],
        "based_on": base,
    }
    job = started(ann, **asked)
    inputs = MixtapeInputs.model_validate_json(storage.column("inputs")[job["id"]])
    assert inputs.base == before
    assert view_of(timeline_of(before)) == before


def test_inputs_of_every_kind_are_opened(storage):
    """Inputs of jobs that wait, or are retried after an update, reach the job's process."""
    open_stores(storage.settings).database.close()  # migrates, as an API does that starts
    for name in storage.column("inputs"):
        open_job(storage, name)


def open_job(storage, job_id):
    content = ContentStore(storage.root)
    for name in storage.contents():
        sound = content.path(name)
        sound.parent.mkdir(parents=True, exist_ok=True)
        sound.touch()  # the fixture has no sounds, but opening a job checks that they exist
    module, _, function = PIPELINES[storage.column("kind")[job_id]].partition(":")
    pipeline = getattr(importlib.import_module(module), function)(storage.settings)
    return pipeline.open(storage.column("inputs")[job_id])
