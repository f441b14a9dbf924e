"""How the shell ends where it cannot go on: in words, with nothing lying about."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.app.cli import shell as cli

from .test_cli import a_house_of_its_own, tone

__all__ = ["a_house_of_its_own"]

ROOT = Path(__file__).parents[1]

# A shell that starts its jobs in the background has them ignore SIGINT, and that is inherited.
STARTED_BY_HAND = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("backend.app.cli", run_name="__main__")
"""


@pytest.mark.parametrize("below", ["", "sub", "sub/sub"])
def test_a_folder_below_a_file_is_refused_by_name(
    tmp_path: Path, below: str, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "song.wav", 440)
    out = Path(track) / below
    assert cli.main(["mix", track, "--out", str(out), "--no-video"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"--out {out}: ")
    assert "is a file, not a folder." in said


@pytest.mark.parametrize("out", ["/proc", "/proc/nope"])
def test_a_folder_that_nothing_can_be_written_to_is_refused_by_name(
    tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "song.wav", 440)
    assert cli.main(["mix", track, "--out", out, "--no-video"]) == 1
    assert capsys.readouterr().err.startswith(f"--out {out}: nothing can be written there (")


def test_a_storage_that_nothing_can_be_kept_in_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    track, out = tone(tmp_path / "song.wav", 440), tmp_path / "out"
    monkeypatch.setenv("STORAGE_ROOT", f"{track}/storage")
    assert cli.main(["mix", track, "--out", str(out), "--no-video"]) == 1
    assert capsys.readouterr().err.startswith(f"STORAGE_ROOT {track}/storage: nothing can be")
    assert not out.exists()


def test_a_job_that_fails_leaves_no_empty_folder_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, new = tmp_path / "theirs", tmp_path / "new" / "sub"
    theirs.mkdir()
    track = tone(tmp_path / "tone.wav", 300, seconds=8.0)  # without a beat
    for out in (theirs, new):
        wishes = ["--out", str(out), "--vibe", "dark", "--model", "draft"]
        assert cli.main(["mashup", track, *wishes]) == 1
    assert [*theirs.iterdir()] == []
    assert not (tmp_path / "new").exists()


def test_ctrl_c_stops_the_work_in_a_line(tmp_path: Path) -> None:
    track = tone(tmp_path / "song.wav", 300, seconds=120.0)
    out = tmp_path / "out"
    arguments = ["stems", track, "--out", str(out), "--model", "draft"]
    with subprocess.Popen(
        [sys.executable, "-c", STARTED_BY_HAND, *arguments],
        cwd=ROOT,
        env={**os.environ, "STORAGE_ROOT": str(tmp_path / "storage")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as working:
        assert working.stdout
        assert working.stdout.read(1)  # the first word of its progress
        working.send_signal(signal.SIGINT)
        _, said = working.communicate(timeout=60)
    assert said.strip() == "Stopped; what was made so far is kept and found again."
    assert working.returncode == 130
    assert not out.exists()


def test_without_its_requirements_it_says_how_to_install_them() -> None:
    done = subprocess.run(
        # Without the folders that packages are installed in, and those of PYTHONPATH
        [sys.executable, "-ES", "-m", "backend.app.cli", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("There is no ")
    assert "Install the requirements first: make run" in line


def test_a_refusal_is_not_logged_beside_its_words(tmp_path: Path) -> None:
    track = tone(tmp_path / "tone.wav", 300, seconds=8.0)
    arguments = ["mashup", track, "--out", str(tmp_path / "out"), "--vibe", "dark"]
    done = subprocess.run(
        [sys.executable, "-m", "backend.app.cli", *arguments, "--model", "draft"],
        cwd=ROOT,
        env={**os.environ, "STORAGE_ROOT": str(tmp_path / "storage")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert "beat" in line
