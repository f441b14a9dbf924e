"""Two uploads at the same time cannot use the same space."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.services.library import library
from backend.app.settings import Settings
from tests.patience import PATIENCE_S

from .conftest import Person, tone

ROUNDS = 4


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both files leave the gate together, before either is counted."""
    barrier = Barrier(2)

    def admit_both(file: Path, **options: object) -> AdmittedTrack:
        admitted = admit_track(file, **options)
        barrier.wait(PATIENCE_S)
        return admitted

    monkeypatch.setattr(library, "admit_track", admit_both)


@pytest.fixture
def quota_bytes(alice: Person, settings: Settings) -> int:
    """Enough space for one song and a half."""
    crate = alice.send_tracks(("a.wav", tone())).json()
    quota_bytes = stored_bytes(settings) * 3 // 2
    delete(alice, crate["id"])
    alice.client.app.state.services.files.intake._max_bytes = quota_bytes
    return quota_bytes


def test_of_two_uploads_that_exceed_the_quota_together_one_is_refused(
    alice: Person, settings: Settings, quota_bytes: int, together: None
):
    for number in range(ROUNDS):
        songs = [("a.wav", tone(200.0 + number)), ("b.wav", tone(900.0 + number))]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(alice.send_tracks, songs))
        assert sorted(answer.status_code for answer in answers) == [201, 413]
        assert stored_bytes(settings) <= quota_bytes
        [kept] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        delete(alice, kept)


def delete(person: Person, upload_id: str) -> None:
    answer = person.client.delete(f"/uploads/{upload_id}", headers=person.headers)
    assert answer.status_code == 204


def stored_bytes(settings: Settings) -> int:
    files = (settings.storage_root / "content").rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())
