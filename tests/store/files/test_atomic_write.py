"""Atomic writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.store.files.atomic_write import atomic_write


@pytest.mark.parametrize("durable", [False, True])
def test_file_appears_whole_or_not_at_all(tmp_path: Path, durable: bool):
    final = tmp_path / "plan.json"
    with pytest.raises(RuntimeError), atomic_write(final, durable=durable) as part:
        part.write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with atomic_write(final, durable=durable) as part:
        part.write_text("whole")
        assert not final.exists()
    assert final.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [final]
