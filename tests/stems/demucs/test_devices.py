"""Choice of devices: graphics cards first, the processor if their memory is full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.app.stems.choose import separator_of
from backend.app.stems.demucs import model as demucs_model
from backend.app.stems.demucs import separator as demucs_separator
from backend.app.stems.demucs.device import best_device
from backend.app.stems.demucs.segments import run_segments
from backend.app.stems.separator import Separator

from ..songs import lopsided_song, separated
from ..tiny_demucs import tiny_repo

FULL = "CUDA out of memory. Tried to allocate 1.20 GiB."


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen", "told"),
    [
        (True, True, "cuda", "CUDA (Some Card)"),
        (True, False, "cuda", "CUDA (Some Card)"),
        (False, True, "mps", "Apple GPU"),
        (False, False, "cpu", "processor"),
    ],
)
def test_graphics_card_is_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, chosen: str, told: str
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Some Card")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert best_device().type == chosen
    assert separator_of("tiny", tiny_repo(tmp_path), tmp_path).device == told


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_repo(folder, "tiny")
    return tiny_repo(folder, "both", bag=((1, 0.5, 0, 1), (0, 1.5, 2, 1)), seed=10)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A card that computes like the processor until its list of segments is used up."""
    import torch

    room: list[int] = []

    def on_the_card(network: Any, wave: Any, device: Any, tick: Any) -> Iterator[Any]:
        for block in run_segments(network, wave, torch.device("cpu"), tick):
            if device.type == "cuda":
                if not room:
                    raise torch.OutOfMemoryError(FULL)
                room.pop()
            yield block

    monkeypatch.setattr(demucs_separator, "run_segments", on_the_card)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Some Card")
    for module in (demucs_model, demucs_separator):
        monkeypatch.setattr(module, "best_device", lambda: torch.device("cuda"))
    demucs_model._loaded.cache_clear()
    yield room
    demucs_model._loaded.cache_clear()


def of(repo: Path, model: str) -> Separator:
    return separator_of(model, repo, repo / "unused")


@pytest.mark.parametrize(("model", "n_segments"), [("tiny", 0), ("both", 1), ("both", 3)])
def test_processor_takes_over_when_card_is_full(
    repo: Path, card: list[int], model: str, n_segments: int
) -> None:
    song, separator, told = lopsided_song(3.1), of(repo, model), []
    card[:] = [1] * 100
    whole = separated(separator, song, ["other"])
    assert separator.device == "CUDA (Some Card)"
    card[:] = [1] * n_segments
    ours = separated(separator, song, ["other"], progress=told.append)
    for stem in whole:
        np.testing.assert_array_equal(ours[stem], whole[stem])
    both = "CUDA (Some Card) and, where its memory did not suffice, the CPU"
    assert separator.device == both
    assert (max(told), told[-1]) == (1.0, 1.0)
    card[:] = [1] * 100
    separated(separator, lopsided_song(0.4), ["other"])  # the next song uses the card again
    assert separator.device == "CUDA (Some Card)"


@pytest.mark.parametrize(
    "said", ["[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory", FULL]
)
def test_processor_out_of_memory_is_reported(
    repo: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    def full(*_: object) -> Iterator[object]:
        raise RuntimeError(said)
        yield

    monkeypatch.setattr(demucs_separator, "run_segments", full)
    with pytest.raises(MemoryError):
        separated(of(repo, "tiny"), lopsided_song(0.1), ["other"])


def test_other_card_errors_are_raised(
    repo: Path, card: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[object]:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")
        yield

    monkeypatch.setattr(demucs_separator, "run_segments", broken)
    with pytest.raises(RuntimeError, match="illegal"):
        separated(of(repo, "tiny"), lopsided_song(0.1), ["other"])
