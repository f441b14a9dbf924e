"""Pictures, tracks and users never wait for each other, nor does a stopping server."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psutil
import pytest

from backend.app.api.upload_slots import PER_USER
from backend.app.errors import Stopping
from backend.app.media.admit_image import admit_image
from backend.app.media.admit_track import admit_track
from backend.app.services.library import library
from backend.app.services.library.library import Library
from tests.api.conftest import Person, picture, tone
from tests.journey.server import serving, visiting
from tests.media.hostile_pictures.jpegs import jpeg_of_30_million_fill_bytes
from tests.patience import PATIENCE_S, wait_until

# More files than a pool has slots and threads.
MANY = 12


class Held:
    """Checks of files that wait until a test releases them."""

    def __init__(self, check: object) -> None:
        self.check = check
        self.n_begun = 0
        self.may_end = Event()

    def __call__(self, *args: object, **options: object) -> object:
        self.n_begun += 1
        assert self.may_end.wait(PATIENCE_S)
        return self.check(*args, **options)


def test_pictures_that_take_long_delay_no_track(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(admit_image)
    monkeypatch.setattr(library, "admit_image", held)
    with ThreadPoolExecutor(2 * MANY) as requests:
        users = [alice, bob] * MANY
        pictures = [requests.submit(user.send_image, picture()) for user in users]
        wait_until(lambda: held.n_begun)
        for user in (alice, bob):
            assert user.send_tracks(("a.wav", tone())).status_code == 201
        held.may_end.set()
        assert {sent.result(PATIENCE_S).status_code for sent in pictures} == {201}


def test_tracks_that_take_long_delay_no_picture(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(admit_track)
    monkeypatch.setattr(library, "admit_track", held)
    with ThreadPoolExecutor(1) as requests:
        crowd = [(f"{n}.wav", tone(200 + n, seconds=1.0)) for n in range(MANY)]
        tracks = requests.submit(alice.send_tracks, *crowd)
        wait_until(lambda: held.n_begun)
        assert alice.send_image(picture()).status_code == 201
        held.may_end.set()
        assert tracks.result(PATIENCE_S).status_code == 201


def test_long_uploads_of_twelve_users_delay_no_one(
    sign_up: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [sign_up(f"{n}@example.org") for n in range(MANY)]
    late = sign_up("late@example.org")
    late_id, add_tracks = late.get("/auth/me").json()["id"], Library.add_tracks
    may_end, begun = Event(), list[str]()

    def add(self: Library, user_id: str, *args: object) -> object:
        if user_id == late_id:
            return add_tracks(self, user_id, *args)
        begun.append(user_id)
        assert may_end.wait(PATIENCE_S)
        raise Stopping("enough")

    monkeypatch.setattr(Library, "add_tracks", add)
    sent = [user for user in crowd for _ in range(PER_USER)]
    with ThreadPoolExecutor(len(sent) + 1) as requests:
        uploads = [requests.submit(user.send_tracks, ("a.wav", tone())) for user in sent]
        try:
            wait_until(lambda: len(begun) == len(sent))
            upload = requests.submit(late.send_tracks, ("b.wav", tone(seconds=1.0)))
            assert upload.result(PATIENCE_S).status_code == 201
            assert late.get("/auth/me").status_code == 200
        finally:
            may_end.set()
        assert {one.result(PATIENCE_S).status_code for one in uploads} == {503}


def is_decoding(process: psutil.Process) -> bool:
    try:
        return "copy_picture" in " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return False


def test_stopping_server_answers_uploads_without_their_verdicts(tmp_path: Path) -> None:
    # Eight seconds of processor time for each file; a longer check would give another verdict.
    endless = jpeg_of_30_million_fill_bytes(None)
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        api = psutil.Process(server.process.pid)
        files = {"file": ("p.jpg", endless)}
        with ThreadPoolExecutor(4) as requests:
            sent = [
                requests.submit(visitor.ask, "POST", "/uploads/image", files=files)
                for _ in range(4)
            ]
            wait_until(lambda: any(map(is_decoding, api.children())))
            server.stop(signal.SIGTERM)
            answers = [one.result(PATIENCE_S) for one in sent]
    assert {(one.status_code, one.json()["error"]["code"]) for one in answers} == {
        (503, "stopping")
    }
