"""Weights come from a hub, over the hub's own client and protocol, and are asked for once."""

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
from backend.app.stems import weights_fetch, weights_hub, weights_old
from backend.app.stems.choose import separator_of
from backend.app.stems.weights import fetch_weights, is_ready, needs_notice

from .hub_stand_in import Hub, hub
from .songs import lopsided_song, separated
from .tiny_demucs import package, tiny_hub, tiny_model


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hub has: a bag of two, called like the model that everybody takes."""
    folder = tmp_path_factory.mktemp("published")
    return tiny_hub(folder, "htdemucs", bag=((1, 0, 1, 0), (0, 1, 0, 1)))


@pytest.fixture
def server(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the files are small here
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def fetched(
    weights: Path, model: str = "htdemucs", *, stop_at: float = 2.0
) -> tuple[list[float], list[str]]:
    """What was told while a model was fetched."""
    told: list[float] = []
    words: list[str] = []

    def progress(done: float) -> None:
        told.append(done)
        if done >= stop_at:
            raise Cancelled

    fetch_weights(model, weights, progress, words.append)
    return told, words


class Cancelled(Exception):
    """What a job's progress raises."""


def test_what_was_fetched_takes_songs_apart_without_the_network(
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


def test_bytes_are_told_as_they_come(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 200_000.0  # 156 kB in both files
    told, words = fetched(tmp_path)
    assert told == sorted(told)
    assert len({round(done, 3) for done in told}) > 4
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert all(re.fullmatch(r"\d+ of \d+ MB", said) for said in words)


def test_whoever_cancels_waits_for_no_byte(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 20_000.0
    began = time.monotonic()
    with pytest.raises(Cancelled):
        fetched(tmp_path, stop_at=0.05)
    assert time.monotonic() - began < 2.0
    assert not is_ready("htdemucs", None, tmp_path)


def test_a_fetch_that_was_broken_off_can_be_taken_up(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 200_000.0
    with pytest.raises(Cancelled):
        fetched(tmp_path, stop_at=0.7)  # the second of two files
    server.asked.clear()
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)
    assert not [line for line in server.asked if "GET" in line and "htdemucs0" in line]


@pytest.mark.parametrize("model", ["hf://tiny", "hf://somebody/htdemucs"])
def test_a_model_that_the_hub_has_not_is_unknown(server: Hub, tmp_path: Path, model: str) -> None:
    with pytest.raises(UnknownModel, match=model):
        fetched(tmp_path, model)


def test_a_namespace_of_ones_own_is_asked_for(server: Hub, published: Path, tmp_path: Path) -> None:
    server.repositories["somebody/HTDemucs"] = published
    fetched(tmp_path, "hf://somebody/htdemucs")
    assert is_ready("hf://somebody/htdemucs", None, tmp_path)
    assert not is_ready("htdemucs", None, tmp_path)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_without_a_network_it_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    began = time.monotonic()
    with pytest.raises(WeightsUnreachable) as told:
        fetched(tmp_path)
    assert time.monotonic() - began < 5.0
    assert "DEMUCS_REPO" in told.value.hint
    assert "draft" in told.value.hint


def test_a_server_that_does_not_answer_is_given_up(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_fetch, "PATIENCE_S", 0.5)
    server.silent = True
    with pytest.raises(WeightsUnreachable, match="does not answer"):
        fetched(tmp_path)


@pytest.mark.parametrize("refusal", [(500, ""), (503, ""), (403, "")])
def test_a_server_that_refuses_is_told_of(
    server: Hub, tmp_path: Path, refusal: tuple[int, str]
) -> None:
    server.refusal = refusal
    with pytest.raises(WeightsUnreachable):
        fetched(tmp_path)


def test_a_model_behind_a_gate_names_the_key(server: Hub, tmp_path: Path) -> None:
    server.refusal = (403, "GatedRepo")
    with pytest.raises(WeightsUnreachable) as told:
        fetched(tmp_path)
    assert "HF_TOKEN" in told.value.hint


def test_a_line_that_breaks_is_taken_up_where_it_broke(server: Hub, tmp_path: Path) -> None:
    server.torn_after = 50_000  # of 78 kB: each file takes two goes
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)


def test_files_that_always_break_off_are_not_kept(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # the client waits a second before each go
    server.torn_after = 0
    with pytest.raises(WeightsUnreachable):
        fetched(tmp_path)
    assert not is_ready("htdemucs", None, tmp_path)


def test_what_came_damaged_is_thrown_away(server: Hub, tmp_path: Path) -> None:
    server.damaged = True
    with pytest.raises(BadWeights, match="damaged"):
        fetched(tmp_path)
    assert not is_ready("htdemucs", None, tmp_path)
    server.damaged = False
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)


def test_what_was_torn_since_is_fetched_again(server: Hub, tmp_path: Path) -> None:
    fetched(tmp_path)
    (first, *_) = tmp_path.glob("models--*/snapshots/*/*.safetensors")
    blob = first.resolve()
    blob.write_bytes(blob.read_bytes()[:-100])
    assert not is_ready("htdemucs", None, tmp_path)
    fetched(tmp_path)
    assert is_ready("htdemucs", None, tmp_path)


def test_a_full_disk_is_told_of(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(StorageFull):
        fetched(tmp_path)


def test_what_the_hub_has_not_comes_from_the_old_server(
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
    monkeypatch.setattr(weights_old, "OLD_SERVER", f"{server.address}/cdn/old/server/resolve/main/")
    monkeypatch.setattr(
        weights_old, "old_checkpoints", lambda: {"0d19c1c6": place.rpartition("/")[2]}
    )
    told, _ = fetched(tmp_path / "weights", "0d19c1c6")
    assert told[-1] == 1.0
    assert separator_of("0d19c1c6", None, tmp_path / "weights").key
    server.damaged = True
    with pytest.raises(BadWeights, match="damaged"):
        fetched(tmp_path / "again", "0d19c1c6")
    assert not is_ready("0d19c1c6", None, tmp_path / "again")
