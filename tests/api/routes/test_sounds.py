"""Sounds over HTTP: upload, measurement, listing, deletion."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from backend.app.contract.dj import DjRules
from backend.app.services.library import sounds as sounds_service
from backend.app.store.files.blobs import ContentStore
from tests.jobs.pipelines import STEP_NAMES, Wool
from tests.sounds import SR, clicks, noise, peak_db, silence, sine

from ..conftest import Person, tone
from ..test_library_sweep import A_DAY_S, age, files, sweep
from ..test_multipart import left_over
from .test_jobs import post, wait


def wav(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples.T, SR, format="WAV", subtype="PCM_24")
    return out.getvalue()


def send(person: Person, *named: tuple[str, bytes], **fields: str):
    parts = [("files", file) for file in named]
    return person.client.post(
        "/sounds", files=parts, data={"kind": "percussion", **fields}, headers=person.headers
    )


def delete(person: Person, path: str) -> int:
    return person.client.delete(path, headers=person.headers).status_code


def code(answer) -> str:
    return answer.json()["error"]["code"]


@pytest.fixture
def chord() -> bytes:
    """A soft A minor chord with silence around it."""
    played = 0.05 * sum(sine(1.5, hz) for hz in (220.0, 261.63, 329.63))
    return wav(np.concatenate([silence(0.5), played, silence(1.0)], axis=1))


def test_uploaded_sound_is_trimmed_levelled_and_measured(alice, chord):
    answer = send(alice, ("Soft_Pad.wav", chord), kind="instrument")
    assert answer.status_code == 201, answer.text
    (sound,) = answer.json()["sounds"]
    assert (sound["name"], sound["kind"], sound["key"]) == ("Soft Pad", "instrument", "A minor")
    assert (sound["tempo_bpm"], sound["beats"]) == (None, None)
    assert sound["loudness_lufs"] == pytest.approx(-14.0, abs=0.1)
    # 1.5 s, with 3 ms before and 10 ms after, each found to a millisecond.
    assert sound["duration_s"] == pytest.approx(1.513, abs=0.003)
    audio = alice.get(f"/sounds/{sound['id']}/audio")
    samples, rate = soundfile.read(io.BytesIO(audio.content))
    assert (audio.headers["content-type"], rate) == ("audio/flac", SR)
    assert len(samples) / SR == sound["duration_s"]
    assert alice.get(f"/sounds/{sound['id']}").json() == sound


def test_loop_keeps_tempo_and_all_beats(alice):
    loop = clicks(4.1, 0.5)[:, : 4 * SR]
    (heard,) = send(alice, ("ticks.wav", wav(loop))).json()["sounds"]
    assert heard["tempo_bpm"] == pytest.approx(60.0 * heard["beats"] / 4.0, abs=1e-3)
    assert heard["duration_s"] == 4.0
    pad = wav(sine(4.0, 220.0))
    (named,) = send(alice, ("Pad_120bpm_A.wav", pad)).json()["sounds"]
    assert (named["name"], named["tempo_bpm"], named["beats"]) == ("Pad 120bpm A", 120.0, 8)


def test_hit_is_levelled_by_its_peak(alice):
    hit = noise(0.1, seed=1, rms_db=-50.0)
    (sound,) = send(alice, ("kick.wav", wav(hit))).json()["sounds"]
    samples, _ = soundfile.read(
        io.BytesIO(alice.get(f"/sounds/{sound['id']}/audio").content), dtype="float32"
    )
    assert peak_db(samples) == pytest.approx(-1.0, abs=0.01)
    assert (sound["tempo_bpm"], sound["key"]) == (None, None)


def test_each_file_is_checked_separately(alice, settings):
    answer = send(
        alice,
        ("a.wav", wav(noise(0.2, seed=1))),
        ("long.wav", wav(noise(60.5, seed=1))),
        ("short.wav", wav(noise(0.03, seed=1))),
        ("still.wav", wav(silence(1.0))),
        ("list.mp3", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
    )
    assert answer.status_code == 201
    assert [sound["name"] for sound in answer.json()["sounds"]] == ["a"]
    refused = {file["name"]: file["error"]["code"] for file in answer.json()["refused"]}
    assert refused == {
        "long.wav": "too_long",
        "short.wav": "too_short",
        "still.wav": "silent",
        "list.mp3": "not_audio",
    }
    assert left_over(settings) == []


def test_thirty_files_keep_order_and_bad_ones_are_skipped(alice, settings):
    bad = {3: silence(1.0), 11: noise(0.03, seed=1), 29: noise(60.5, seed=1)}
    files_sent = [
        (f"{i:02}.wav", wav(bad.get(i, noise(0.15, seed=i))) if i != 17 else b"no sound at all")
        for i in range(30)
    ]
    answer = send(alice, *files_sent, kind="style").json()
    assert [sound["name"] for sound in answer["sounds"]] == [
        f"{i:02}" for i in range(30) if i not in {*bad, 17}
    ]
    assert {sound["kind"] for sound in answer["sounds"]} == {"style"}
    refused = {file["name"]: file["error"]["code"] for file in answer["refused"]}
    assert refused == {
        "03.wav": "silent",
        "11.wav": "too_short",
        "17.wav": "not_audio",
        "29.wav": "too_long",
    }
    assert len(alice.get("/sounds").json()["sounds"]) == 26
    assert left_over(settings) == []


def test_sound_waveform_is_detailed(alice, bob):
    hits = wav(clicks(2.1, 0.5))
    (sound,) = send(alice, ("hits.wav", hits), kind="style").json()["sounds"]
    detail = alice.get(f"/sounds/{sound['id']}/detail").json()
    assert detail["sound"] == sound
    assert detail["onsets_s"] == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0], abs=0.02)
    assert (detail["pitch_hz"], detail["pitch_note"]) == (None, None)
    assert max(detail["peaks"]) > 0.8
    assert alice.get(f"/sounds/{sound['id']}/detail").json() == detail
    assert bob.get(f"/sounds/{sound['id']}/detail").status_code == 404
    assert delete(alice, f"/sounds/{sound['id']}") == 204
    assert alice.get(f"/sounds/{sound['id']}/detail").status_code == 404


def test_nothing_is_stored_if_no_file_passes(alice, settings):
    answer = send(alice, ("long.wav", wav(noise(61.0, seed=1))))
    assert (answer.status_code, code(answer)) == (422, "too_long")
    assert "60 s" in answer.json()["error"]["message"]
    assert alice.get("/sounds").json() == {"sounds": []}
    assert files(settings) == set()


@pytest.mark.parametrize("fields", [{"kind": "noise"}, {"kind": ""}, {"other": "x"}])
def test_form_without_kinds_is_rejected(alice, fields):
    answer = send(alice, ("a.wav", tone()), **fields)
    assert (answer.status_code, code(answer)) == (422, "invalid_request")
    assert answer.json()["error"]["message"]


def test_sounds_are_listed_per_user_newest_first(alice, bob):
    for name in ("one", "two"):
        send(alice, (f"{name}.wav", wav(noise(0.2, seed=1))))
    assert [sound["name"] for sound in alice.get("/sounds").json()["sounds"]] == ["two", "one"]
    assert bob.get("/sounds").json() == {"sounds": []}


def test_file_stays_while_a_track_or_sound_uses_it(alice, bob, settings, chord):
    (first,) = send(alice, ("a.wav", chord)).json()["sounds"]
    ready = alice.get(f"/sounds/{first['id']}/audio").content
    crate = bob.send_tracks(("a.flac", ready)).json()
    # A sound that is already trimmed and levelled stays the same, so that the three share one file.
    (again,) = send(bob, ("again.flac", ready)).json()["sounds"]
    (kept,) = files(settings, "content")
    assert delete(bob, f"/uploads/{crate['id']}") == 204
    assert files(settings, "content") == {kept}
    assert delete(alice, f"/sounds/{first['id']}") == 204
    assert alice.get(f"/sounds/{first['id']}").status_code == 404
    assert files(settings, "content") == {kept}
    assert delete(bob, f"/sounds/{again['id']}") == 204
    assert files(settings, "content") == set()


def test_track_keeps_a_file_shared_with_a_deleted_sound(alice, settings, chord):
    (sound,) = send(alice, ("a.wav", chord)).json()["sounds"]
    ready = alice.get(f"/sounds/{sound['id']}/audio").content
    track = alice.send_tracks(("a.flac", ready)).json()["tracks"][0]
    assert delete(alice, f"/sounds/{sound['id']}") == 204
    assert alice.get(f"/tracks/{track['id']}/audio").content == ready


def test_sound_used_by_a_job_cannot_be_deleted(client, alice, settings, chord):
    client.app.state.services.request_resolver.rules.change(
        DjRules(overlays="always"), "admin", None
    )
    (sound,) = send(alice, ("a.wav", chord)).json()["sounds"]
    (file,) = files(settings, "content")
    crate = alice.send_tracks(("a.wav", tone())).json()
    asleep = {"intro": Wool(mischief={STEP_NAMES[0]: "sleep"}).to_json()}
    wishes = {"transitions": "dj", "description": asleep}
    job = post(alice, "/jobs", tracks_upload_id=crate["id"], **wishes).json()
    assert delete(alice, f"/sounds/{sound['id']}") == 204
    assert alice.get(f"/sounds/{sound['id']}").status_code == 404
    assert file in files(settings, "content")
    post(alice, f"/jobs/{job['id']}/cancel")
    wait(alice, job["id"], lambda job: job["status"] == "cancelled")
    age(settings, A_DAY_S + 60)
    sweep(client)
    assert file not in files(settings, "content")


def test_other_users_sounds_are_rejected_in_mixes(alice, bob, chord):
    (sound,) = send(bob, ("a.wav", chord)).json()["sounds"]
    crate = alice.send_tracks(("a.wav", tone())).json()
    wishes = {"transitions": "dj", "sounds": [sound["id"]]}
    answer = post(alice, "/jobs", tracks_upload_id=crate["id"], **wishes)
    assert (answer.status_code, code(answer)) == (404, "not_found")


def test_sweep_keeps_sounds_and_counts_them(client, alice, settings, chord):
    send(alice, ("a.wav", chord))
    kept = files(settings, "content")
    age(settings, A_DAY_S + 60)
    sweep(client, hours=1.0)
    assert files(settings, "content") == kept
    assert len(kept) == 1


def test_number_of_sounds_per_user_is_limited(alice, settings, monkeypatch):
    monkeypatch.setattr(sounds_service, "MAX_SOUNDS", 1)
    hit = wav(noise(0.2, seed=1))
    assert send(alice, ("a.wav", hit)).status_code == 201
    before = files(settings)
    answer = send(alice, ("b.wav", wav(noise(0.2, seed=2))))
    assert (answer.status_code, code(answer)) == (413, "quota_exceeded")
    assert files(settings) == before


def test_full_library_rejects_sounds(alice, settings, monkeypatch):
    used = ContentStore.size
    monkeypatch.setattr(ContentStore, "size", lambda *args: used(*args) + settings.max_library_size)
    answer = send(alice, ("a.wav", wav(noise(0.2, seed=1))))
    assert (answer.status_code, code(answer)) == (413, "quota_exceeded")
