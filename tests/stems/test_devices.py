"""A model goes to the best device there is, and the device is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.stems.choose import separator_of
from backend.app.stems.demucs_model import best_device

from .tiny_demucs import tiny_repo


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen", "told"),
    [
        (True, True, "cuda", "CUDA (Some Card)"),
        (True, False, "cuda", "CUDA (Some Card)"),
        (False, True, "mps", "Apple GPU"),
        (False, False, "cpu", "processor"),
    ],
)
def test_a_card_comes_before_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, chosen: str, told: str
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Some Card")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert best_device().type == chosen
    assert separator_of("tiny", tiny_repo(tmp_path), tmp_path).device == told
