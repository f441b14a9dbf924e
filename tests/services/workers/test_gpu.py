"""The GPU that the driver's program reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.services.workers.gpu import find_gpu
from backend.app.store.jobs.workers import Gpu


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo 'Tesla T4, 100, 15360'", Gpu("Tesla T4", 100 << 20, 15360 << 20)),
        ("echo 'A, B, 1, 2'; echo 'C, 3, 4'", Gpu("A, B", 1 << 20, 2 << 20)),
        ("echo 'No devices were found'", None),
        ("echo", None),
        ("echo 'no driver' >&2; exit 9", None),
    ],
)
def test_first_gpu_of_the_drivers_list(
    script: str, found: Gpu | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert find_gpu() == found


def test_no_gpu_without_the_drivers_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_gpu() is None
