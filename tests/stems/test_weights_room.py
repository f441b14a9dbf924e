"""What is fetched has to fit, and whatever keeps it from being kept is told as what it is."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.app.errors import BadWeights, NotWritable, SegueError, StorageFull, WeightsUnreachable
from backend.app.stems import weights_hub, weights_room
from backend.app.stems.weights import fetch_weights, is_ready
from backend.app.stems.weights_fetch import Arrival
from backend.app.store.room import MIN_FREE_BYTES

from .hub_stand_in import Hub, hub
from .tiny_demucs import tiny_hub


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_hub(tmp_path_factory.mktemp("published"), "htdemucs")


@pytest.fixture
def server(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the files are small here
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def fetch(weights: Path, *, token: bool = False) -> None:
    fetch_weights("htdemucs", weights, lambda _: None, lambda _: None, token=token)


def test_a_model_larger_than_any_is_refused_before_its_first_byte(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_room, "MOST_BYTES", 70_000)  # it has 78 kB
    with pytest.raises(BadWeights, match="takes more than"):
        fetch(tmp_path)
    assert server.sent == []
    monkeypatch.setattr(weights_room, "MOST_BYTES", 80_000)
    fetch(tmp_path)


def test_more_than_was_promised_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_room, "MOST_BYTES", 1000)
    arrival = Arrival(total=10)
    arrival.add(1000)
    with pytest.raises(BadWeights):
        arrival.add(1)


def test_a_list_of_models_is_short(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_hub, "_LARGEST_LIST", 10)
    with pytest.raises(BadWeights, match="no list of models"):
        fetch(tmp_path)
    assert [line for line in server.asked if line.startswith("GET")] == []


def test_without_room_for_it_nothing_is_fetched(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = SimpleNamespace(free=MIN_FREE_BYTES + 70_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(StorageFull):
        fetch(tmp_path)
    assert server.sent == []
    free.free += 10_000
    fetch(tmp_path)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EACCES, NotWritable),
        (errno.EROFS, NotWritable),
        (errno.EDQUOT, StorageFull),
        (errno.ECONNRESET, WeightsUnreachable),
    ],
)
def test_what_the_disk_refuses_is_no_matter_of_the_network(
    server: Hub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    told: type[SegueError],
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", refused)
    with pytest.raises(told) as out:
        fetch(tmp_path)
    assert str(tmp_path) not in out.value.message + out.value.hint


def test_a_folder_that_cannot_be_made_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(NotWritable, match="may not write"):
        fetch(tmp_path / "models")


@pytest.mark.parametrize("fault", [ZeroDivisionError(), OSError(errno.EIO, "no")])
def test_what_nobody_expects_comes_out_as_it_is(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("huggingface_hub.file_download.http_get", faulty)
    with pytest.raises(type(fault)) as out:
        fetch(tmp_path)
    assert out.value is fault
    assert not is_ready("htdemucs", None, tmp_path)


def test_the_operator_s_token_is_shown_only_where_that_is_asked_for(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_operators_own")
    fetch(tmp_path / "user")
    assert set(server.shown) == {None}
    fetch(tmp_path / "operator", token=True)
    assert "Bearer hf_operators_own" in server.shown
