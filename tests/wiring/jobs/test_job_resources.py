"""What jobs use of this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.app.jobs.cache_uses import CACHE_USES, CacheUse
from backend.app.settings import Settings
from backend.app.wiring.jobs.job_resources import job_resources, keep_compiled_code
from backend.app.wiring.objects import open_objects

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


def test_copies_that_a_job_uses_are_pinned_and_counted(tmp_path: Path):
    (tmp_path / "objects").mkdir()
    root, url = tmp_path / "storage", f"file://{tmp_path}/objects"
    set_up = Settings(_env_file=None, storage_root=root, blob_url=url)
    content = "ab" + "0" * 62
    file = tmp_path / "one.flac"
    file.write_bytes(b"sound")
    root.mkdir()
    job_resources(set_up).store.put(content, file)
    CACHE_USES.take()
    store = job_resources(set_up).store
    path = store.path(content)
    store.path(content)
    cache = open_objects(set_up)
    assert cache is not None
    assert cache.key(path) in cache.pins.pinned()
    assert CACHE_USES.take() == [CacheUse("objects", 1, 0)]
