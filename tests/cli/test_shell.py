"""Errors of the shell: one line each, and no files left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.app.cli import shell as cli
from tests import ROOT
from tests.patience import PATIENCE_S

from .test_mix import own_storage, tone

__all__ = ["own_storage"]


# A shell starts background jobs with SIGINT ignored, and children inherit that.
WITH_SIGINT = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("backend.app.cli", run_name="__main__")
"""


@pytest.mark.parametrize("below", ["", "sub", "sub/sub"])
def test_output_folder_below_a_file_is_rejected(
    tmp_path: Path, below: str, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "song.wav", 440)
    out = Path(track) / below
    assert cli.main(["mix", track, "--out", str(out), "--no-video"]) == 1
    output = capsys.readouterr().err
    assert output.startswith(f"--out {out}: ")
    assert "is a file, not a folder." in output


@pytest.mark.parametrize("out", ["/proc", "/proc/nope"])
def test_unwritable_output_folder_is_rejected(
    tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "song.wav", 440)
    assert cli.main(["mix", track, "--out", out, "--no-video"]) == 1
    assert capsys.readouterr().err.startswith(f"--out {out}: can't write there (")


def test_a_storage_that_nothing_can_be_kept_in_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    track, out = tone(tmp_path / "song.wav", 440), tmp_path / "out"
    monkeypatch.setenv("STORAGE_ROOT", f"{track}/storage")
    assert cli.main(["mix", track, "--out", str(out), "--no-video"]) == 1
    assert capsys.readouterr().err.startswith(f"STORAGE_ROOT: {track} is not a folder.")
    assert not out.exists()


def test_failed_job_leaves_no_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    existing, new = tmp_path / "theirs", tmp_path / "new" / "sub"
    existing.mkdir()
    track = tone(tmp_path / "tone.wav", 300, seconds=3.0)  # without a beat
    for out in (existing, new):
        options = ["--out", str(out), "--vibe", "dark", "--model", "draft"]
        assert cli.main(["mashup", track, *options]) == 1
    assert [*existing.iterdir()] == []
    assert not (tmp_path / "new").exists()


def test_ctrl_c_stops_with_one_line(tmp_path: Path) -> None:
    track = tone(tmp_path / "song.wav", 300, seconds=120.0)
    out = tmp_path / "out"
    arguments = ["stems", track, "--out", str(out), "--model", "draft"]
    with subprocess.Popen(
        [sys.executable, "-c", WITH_SIGINT, *arguments],
        cwd=ROOT,
        env={**os.environ, "STORAGE_ROOT": str(tmp_path / "storage")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.read(1)  # the first word of its progress
        process.send_signal(signal.SIGINT)
        _, output = process.communicate(timeout=PATIENCE_S)
    assert output.strip() == "Stopped. Finished parts are cached and reused."
    assert process.returncode == 130
    assert not out.exists()


def test_missing_requirements_are_reported_with_install_hint() -> None:
    done = subprocess.run(
        # Without the folders of installed packages and of PYTHONPATH.
        [sys.executable, "-ES", "-m", "backend.app.cli", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("The package ")
    assert "Install the requirements first: make run" in line


def test_error_is_printed_once(tmp_path: Path) -> None:
    track = tone(tmp_path / "tone.wav", 300, seconds=3.0)
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
