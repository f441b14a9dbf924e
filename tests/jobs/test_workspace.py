"""Writing and reading the files of a job."""

from pathlib import Path

import pytest

from backend.app.contract.base import Problem, Shape
from backend.app.contract.stored_json import OtherVersion
from backend.app.jobs.workspace import Workspace

PROBLEM = Problem(code="tool_failed", message="ffmpeg failed.", retryable=True)


class Renamed(Shape):
    error_code: str


def test_written_shape_reads_back(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)

    workspace.write_shape("problem.json", PROBLEM, artifact=True)
    workspace.write_shape("between_steps.json", PROBLEM)

    assert workspace.read_shape("problem.json", Problem) == PROBLEM
    assert [file.media_type for file in workspace.written] == ["application/json", None]


def test_shape_of_another_version_is_rejected(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write_shape("problem.json", PROBLEM)

    with pytest.raises(OtherVersion):
        workspace.read_shape("problem.json", Renamed)


def test_file_of_a_failed_write_is_removed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(OSError, match="full"), workspace.write("mix.wav") as path:
        path.write_bytes(b"half")
        raise OSError("full")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    assert workspace.written == []


def test_changed_or_missing_file_is_not_intact(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write_text("words.txt", "night")
    [written] = workspace.written
    assert workspace.holds(written)
    for content in (b"light", b"nights"):
        workspace.path("words.txt").write_bytes(content)
        assert not workspace.holds(written)
    workspace.path("words.txt").unlink()
    assert not workspace.holds(written)
