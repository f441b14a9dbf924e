"""One user's file does not wait for another's five hundred."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from backend.app.media.admit_track import admit_track
from backend.app.services.library import library
from tests.api.conftest import Person, tone
from tests.patience import PATIENCE_S, wait_until

# More than the threads of the gate.
MANY = 2 * (os.cpu_count() or 1) + 1
CROWD = tone(300.0, seconds=1.0)


def test_one_file_is_through_while_another_users_files_are_checked(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
):
    begun, may_end = list[Path](), Event()

    def held(path: Path, **options: object) -> object:
        if path.stat().st_size == len(CROWD):
            begun.append(path)
            assert may_end.wait(PATIENCE_S)
        return admit_track(path, **options)

    monkeypatch.setattr(library, "admit_track", held)
    with ThreadPoolExecutor(2) as requests:
        many = requests.submit(alice.send_tracks, *[(f"{n}.wav", CROWD) for n in range(MANY)])
        wait_until(lambda: begun)
        one = requests.submit(bob.send_tracks, ("one.wav", tone(880.0, seconds=1.5)))
        try:
            assert one.result(PATIENCE_S).status_code == 201
        finally:
            may_end.set()
        assert many.result(PATIENCE_S).status_code == 201
    assert len(begun) == MANY
