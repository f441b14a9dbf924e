"""What jobs use of this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.app.wiring.jobs.job_resources import keep_compiled_code

WHERE = "NUMBA_CACHE_DIR"


@pytest.mark.parametrize(
    ("writable", "chosen", "expected"),
    [(False, None, "compiled"), (True, None, None), (False, "elsewhere", "elsewhere")],
    ids=["read-only librosa", "writable librosa", "chosen by the operator"],
)
def test_compiled_code_is_kept_where_it_can_be_written(
    writable: bool,
    chosen: str | None,
    expected: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(WHERE, chosen or "")  # so that it is restored, whatever the test does
    if chosen is None:
        monkeypatch.delenv(WHERE)
    # Root may write anywhere, so the answer is scripted.
    monkeypatch.setattr(os, "access", lambda _path, mode: writable or mode != os.W_OK)
    keep_compiled_code(tmp_path)
    kept_in = os.environ.get(WHERE)
    assert (Path(kept_in).name if kept_in else None) == expected
