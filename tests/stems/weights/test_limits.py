"""Size limits of downloads, and precise errors when storing fails."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.app.errors import BadWeights, NotWritable, SegueError, StorageFull, WeightsUnreachable
from backend.app.stems.weights import hub as weights_hub
from backend.app.stems.weights import limits
from backend.app.stems.weights.available import fetch_weights, is_ready
from backend.app.stems.weights.transfer import Transfer
from backend.app.store.files.disk_space import MIN_FREE_BYTES

from ..hub_stand_in import Hub, hub
from ..tiny_demucs import tiny_hub


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_hub(tmp_path_factory.mktemp("published"), "htdemucs")


@pytest.fixture
def server(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the test's files are small
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def fetch(weights: Path, *, token: bool = False) -> None:
    fetch_weights("htdemucs", weights, lambda _: None, lambda _: None, token=token)


def test_oversized_model_is_rejected_before_download(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 70_000)  # the model has 78 kB
    with pytest.raises(BadWeights, match="is larger than"):
        fetch(tmp_path)
    assert server.sent == []
    monkeypatch.setattr(limits, "MAX_BYTES", 80_000)
    fetch(tmp_path)


def test_models_have_four_gigabytes_at_most() -> None:
    limits.require_plausible_size(4_000_000_000)
    with pytest.raises(BadWeights, match="larger than 4 GB"):
        limits.require_plausible_size(4_000_000_001)


def test_more_bytes_than_announced_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 1000)
    transfer = Transfer(total=10)
    transfer.add(1000)
    with pytest.raises(BadWeights):
        transfer.add(1)


def test_long_model_list_is_rejected(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_hub, "_LARGEST_LIST", 10)
    with pytest.raises(BadWeights, match="no list of models"):
        fetch(tmp_path)
    assert [line for line in server.asked if line.startswith("GET")] == []


def test_full_disk_prevents_the_download(
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
def test_disk_error_is_not_reported_as_network_error(
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


def test_uncreatable_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(NotWritable, match="may not write"):
        fetch(tmp_path / "models")


@pytest.mark.parametrize("fault", [ZeroDivisionError(), OSError(errno.EIO, "no")])
def test_unexpected_error_is_raised_unchanged(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("huggingface_hub.file_download.http_get", faulty)
    with pytest.raises(type(fault)) as out:
        fetch(tmp_path)
    assert out.value is fault
    assert not is_ready("htdemucs", None, tmp_path)


def test_token_is_sent_only_if_configured(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_operators_own")
    fetch(tmp_path / "user")
    assert set(server.shown) == {None}
    fetch(tmp_path / "operator", token=True)
    assert "Bearer hf_operators_own" in server.shown
