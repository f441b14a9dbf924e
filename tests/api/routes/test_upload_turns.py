"""One user's file does not wait for another's five hundred."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from backend.app.media.admit_track import admit_track
from backend.app.services.library import library
from tests.api.conftest import Person, tone
from tests.patience import PATIENCE_S, wait_until

MANY = 60


@pytest.fixture
def admitted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the files that the gate has admitted; pause after the first until released."""
    counted: list[int] = []
    lock = Lock()

    def counting(*args: object, **options: object) -> object:
        result = admit_track(*args, **options)
        with lock:
            counted.append(len(counted))
        return result

    monkeypatch.setattr(library, "admit_track", counting)
    return counted


def test_one_file_is_through_long_before_another_users_sixty(
    alice: Person, bob: Person, admitted: list[int]
):
    crowd = [(f"{hz}.wav", tone(hz, seconds=1.0)) for hz in range(200, 200 + MANY)]
    with ThreadPoolExecutor() as requests:
        many = requests.submit(alice.send_tracks, *crowd)
        wait_until(lambda: admitted)
        before = len(admitted)
        answer = bob.send_tracks(("one.wav", tone(880, seconds=1.0)))
        meanwhile = len(admitted) - before
        assert answer.status_code == 201
        assert many.result(PATIENCE_S).status_code == 201
    assert len(admitted) == MANY + 1
    # Files that were in the gate when this one came, and those that took turns with it.
    assert meanwhile < MANY / 2
