"""Weights are downloaded once, with the hub's own client and protocol."""

from __future__ import annotations

import errno
import hashlib
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.errors import BadWeights, StorageFull, UnknownModel, WeightsUnreachable
from backend.app.stems.choose import separator_of
from backend.app.stems.weights import fetch, legacy
from backend.app.stems.weights import hub as weights_hub
from backend.app.stems.weights.available import fetch_weights, is_ready, needs_notice

from ..hub_stand_in import Hub, hub
from ..songs import lopsided_song, separated
from ..tiny_demucs import package, tiny_hub, tiny_model


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bag of two models on the hub, under the default model's name."""
    folder = tmp_path_factory.mktemp("published")
    return tiny_hub(folder, "htdemucs", bag=((1, 0, 1, 0), (0, 1, 0, 1)))


@pytest.fixture
def server(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the test's files are small
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def fetched(
    weights: Path, model: str = "htdemucs", *, stop_at: float = 2.0
) -> tuple[list[float], list[str]]:
    """Fetch a model; return the reported progress."""
    told: list[float] = []
    words: list[str] = []

    def progress(done: float) -> None:
        told.append(done)
        if done >= stop_at:
            raise Cancelled

    fetch_weights(model, weights, progress, words.append)
    return told, words


class Cancelled(Exception):
    """Raised by a job's progress callback."""


def test_fetched_model_separates_without_network(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert needs_notice("htdemucs", None, tmp_path)
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)
    assert not needs_notice("htdemucs", None, tmp_path)
    asked = len(server.asked)
    fetched(tmp_path)
    stems = separated(separator_of("htdemucs", None, tmp_path), lopsided_song(0.5), ["other"])
    assert len(stems) == 4
    assert len(server.asked) == asked


def test_download_progress_is_reported(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 200_000.0  # 156 kB in both files
    told, words = fetched(tmp_path)
    assert told == sorted(told)
    assert len({round(done, 3) for done in told}) > 4
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert all(re.fullmatch(r"\d+ of \d+ MB", said) for said in words)


def test_cancel_ends_download_immediately(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 3_000.0  # the whole download would take 52 s
    began = time.monotonic()
    with pytest.raises(Cancelled):
        fetched(tmp_path, stop_at=0.02)
    assert time.monotonic() - began < 40.0
    assert not is_ready("htdemucs", None, tmp_path)


def test_aborted_download_can_be_resumed(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 200_000.0
    with pytest.raises(Cancelled):
        fetched(tmp_path, stop_at=0.7)  # the second of two files
    server.asked.clear()
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)
    assert not [line for line in server.asked if "GET" in line and "htdemucs0" in line]


@pytest.mark.parametrize("model", ["hf://tiny", "hf://somebody/htdemucs"])
def test_model_missing_on_hub_is_unknown(server: Hub, tmp_path: Path, model: str) -> None:
    with pytest.raises(UnknownModel, match=model):
        fetched(tmp_path, model)


def test_custom_namespace_is_requested(server: Hub, published: Path, tmp_path: Path) -> None:
    server.repositories["somebody/HTDemucs"] = published
    fetched(tmp_path, "hf://somebody/htdemucs")
    assert is_ready("hf://somebody/htdemucs", None, tmp_path)
    assert not is_ready("htdemucs", None, tmp_path)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_missing_network_is_reported_immediately(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    began = time.monotonic()
    with pytest.raises(WeightsUnreachable) as told:
        fetched(tmp_path)
    assert time.monotonic() - began < 60.0  # resolving a name may take some time
    assert "DEMUCS_REPO" in told.value.hint
    assert "draft" in told.value.hint


def test_silent_server_times_out(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PATIENCE_S", 0.5)
    server.silent = True
    with pytest.raises(WeightsUnreachable, match="does not answer"):
        fetched(tmp_path)


@pytest.mark.parametrize("refusal", [(500, ""), (503, ""), (403, "")])
def test_server_refusal_is_reported(server: Hub, tmp_path: Path, refusal: tuple[int, str]) -> None:
    server.refusal = refusal
    with pytest.raises(WeightsUnreachable):
        fetched(tmp_path)


def test_gated_model_names_the_token_setting(server: Hub, tmp_path: Path) -> None:
    server.refusal = (403, "GatedRepo")
    with pytest.raises(WeightsUnreachable) as told:
        fetched(tmp_path)
    assert "HF_TOKEN" in told.value.hint


def test_broken_transfer_resumes_where_it_broke(server: Hub, tmp_path: Path) -> None:
    server.torn_after = 50_000  # of 78 kB, so each file needs two transfers
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)


def test_files_that_always_break_off_are_deleted(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # the client waits a second before each try
    server.torn_after = 0
    with pytest.raises(WeightsUnreachable):
        fetched(tmp_path)
    assert not is_ready("htdemucs", None, tmp_path)


def test_damaged_download_is_deleted(server: Hub, tmp_path: Path) -> None:
    server.damaged = True
    with pytest.raises(BadWeights, match="damaged"):
        fetched(tmp_path)
    assert not is_ready("htdemucs", None, tmp_path)
    server.damaged = False
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)


def test_file_damaged_later_is_fetched_again(server: Hub, tmp_path: Path) -> None:
    fetched(tmp_path)
    (first, *_) = tmp_path.glob("models--*/snapshots/*/*.safetensors")
    blob = first.resolve()
    blob.write_bytes(blob.read_bytes()[:-100])
    assert not is_ready("htdemucs", None, tmp_path)
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)


def test_full_disk_is_reported(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(StorageFull):
        fetched(tmp_path)


def test_models_missing_on_hub_come_from_legacy_server(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    raw = io.BytesIO()
    torch.save(package(tiny_model()), raw)
    checksum = hashlib.sha256(raw.getvalue()).hexdigest()[:8]
    place = f"mdx_final/0d19c1c6-{checksum}.th"
    old = tmp_path / "old"
    old.mkdir()
    (old / place.rpartition("/")[2]).write_bytes(raw.getvalue())
    server.repositories["old/server"] = old
    monkeypatch.setattr(legacy, "OLD_SERVER", f"{server.address}/cdn/old/server/resolve/main/")
    monkeypatch.setattr(legacy, "old_checkpoints", lambda: {"0d19c1c6": place.rpartition("/")[2]})
    told, _ = fetched(tmp_path / "weights", "0d19c1c6")
    assert told[-1] == 1.0
    assert separator_of("0d19c1c6", None, tmp_path / "weights").key
    server.damaged = True
    with pytest.raises(BadWeights, match="damaged"):
        fetched(tmp_path / "again", "0d19c1c6")
    assert not is_ready("0d19c1c6", None, tmp_path / "again")
