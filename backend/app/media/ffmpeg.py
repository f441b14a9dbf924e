"""The ffmpeg program: where it is, and how it is started, so that it never outlives us."""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import imageio_ffmpeg

from ..errors import BadSettings, ToolFailed
from .confinement import Confinement, Pipe, ended_after, start_process
from .full_disk import says_full, storage_full

_log = logging.getLogger(__name__)

# Say nothing but errors, and never read the terminal: `-nostdin` keeps keys typed from steering it.
_QUIET = ("-hide_banner", "-nostdin", "-v", "error")
_STDERR_KEPT = 2000


def find_ffmpeg(setting: str | None) -> Path:
    """The ffmpeg to use: the one that the setting names, else the one that imageio-ffmpeg brings.

    Raises
    ------
    BadSettings
        If the setting names nothing, or this platform has no bundled binary.
    """
    if setting is None:
        try:
            return Path(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError as e:
            raise BadSettings(
                "There is no ffmpeg for this machine among the installed packages.",
                hint="Install ffmpeg and set FFMPEG_BINARY to its path.",
            ) from e
    found = shutil.which(Path(setting).expanduser())
    if found is None:
        raise BadSettings(
            "FFMPEG_BINARY names no program.",
            hint="Set it to the full path of an ffmpeg program, or leave it out.",
        )
    return Path(found).absolute()


def start_ffmpeg(
    ffmpeg: Path,
    arguments: Sequence[str],
    *,
    stdin: Pipe = subprocess.DEVNULL,
    stdout: Pipe = subprocess.DEVNULL,
    stderr: Pipe = subprocess.PIPE,
    confinement: Confinement | None = None,
) -> subprocess.Popen[bytes]:
    """Start ffmpeg with ``arguments``; use the result in a ``with`` block or `finish_ffmpeg` it.

    On Linux it dies with the *thread* that called this, which therefore has to be the one that
    waits. Without ``confinement`` it stays in the caller's process group. Its standard error is a
    pipe that `finish_ffmpeg` reads: fine for our own files, where a run says a few lines at most;
    the gate gives a file instead.
    """
    argv = [str(ffmpeg), *_QUIET, *arguments]
    return start_process(argv, stdin=stdin, stdout=stdout, stderr=stderr, confinement=confinement)


def finish_ffmpeg(process: subprocess.Popen[bytes], *, timeout_s: float) -> None:
    """Close its input, wait for its end, and see that it ended well.

    Raises
    ------
    ToolFailed
        If it reports failure or is not done after ``timeout_s`` (it is killed then).
    StorageFull
        If it failed because the disk is full.
    """
    with ended_after(process, timeout_s) as deadline:
        if process.stdin is not None:
            with suppress(BrokenPipeError):  # its exit status tells more than the broken pipe
                process.stdin.close()
        said = process.stderr.read() if process.stderr is not None else b""
    if deadline.passed:
        raise _took_too_long()
    _expect_success(process.returncode, said, logging.WARNING)


def run_ffmpeg(
    ffmpeg: Path,
    arguments: Sequence[str],
    *,
    timeout_s: float,
    confinement: Confinement | None = None,
) -> bytes:
    """Run ffmpeg to its end and return what it wrote to standard output (keep that small).

    Raises
    ------
    ToolFailed
        If it reports failure or is not done after ``timeout_s`` (it is killed then).
    StorageFull
        If it failed because the disk is full.
    """
    with tempfile.TemporaryFile() as stderr:
        process = start_ffmpeg(
            ffmpeg, arguments, stdout=subprocess.PIPE, stderr=stderr, confinement=confinement
        )
        with ended_after(process, timeout_s) as deadline:
            assert process.stdout is not None
            written = process.stdout.read()
        if deadline.passed:
            raise _took_too_long()
        stderr.seek(0)
        # that a stranger's file can't be read is no trouble of ours
        level = logging.WARNING if confinement is None else logging.INFO
        _expect_success(process.returncode, stderr.read(_STDERR_KEPT), level)
    return written


def _took_too_long() -> ToolFailed:
    return ToolFailed("ffmpeg took too long and was stopped.", hint="Try again later.")


def _expect_success(returncode: int, said: bytes, level: int) -> None:
    if returncode != 0:
        _log.log(level, "ffmpeg ended with status %d: %s", returncode, _one_line(said))
        if says_full(said):
            raise storage_full()
        raise ToolFailed(
            f"ffmpeg ended with status {returncode}.", hint="The server's log says what it said."
        )


def _one_line(said: bytes) -> str:
    """The end of what a child said, unable to pass for further records of the log."""
    tail = said[-_STDERR_KEPT:].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in tail).strip()
