"""Find and run the ffmpeg program."""

from __future__ import annotations

import fcntl
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from ...errors import BadSettings, ToolFailed, ToolTooSlow, storage_full
from .confinement import (
    KILLED_BY_LIMIT,
    Confinement,
    Pipe,
    TimeLimit,
    kill_tree,
    start_process,
    time_limit,
)

_log = logging.getLogger(__name__)

# Print errors only; `-nostdin` stops ffmpeg from reading commands from the terminal.
_QUIET = ("-hide_banner", "-nostdin", "-v", "error")
_STDERR_KEPT = 2000
_PIPE_BYTES = 1 << 20  # the largest pipe that Linux gives an ordinary user
_NO_SPACE = b"No space left on device"  # strerror(ENOSPC), which ffmpeg prints


def find_ffmpeg(setting: str | None) -> Path:
    """Find ffmpeg: the program named by the setting, else the one of imageio-ffmpeg.

    Raises ``BadSettings`` if the setting names no program, or this platform has no bundled one.
    """
    if setting is None:
        try:
            return Path(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError as e:
            raise BadSettings(
                "The installed packages have no ffmpeg for this machine.",
                hint="Install ffmpeg and set FFMPEG_BINARY to its path.",
            ) from e
    found = shutil.which(Path(setting).expanduser())
    if found is None:
        raise BadSettings(
            "FFMPEG_BINARY does not name a program.",
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
    """Start ffmpeg; use the process in a ``with`` block or pass it to `finish_ffmpeg`.

    On Linux ffmpeg dies with the *thread* that started it, so that thread must wait for it. Without
    ``confinement`` it stays in the caller's process group. Its standard error is a pipe that
    `finish_ffmpeg` reads, large enough for the few lines about Segue's own files; the gate passes a
    file instead.
    """
    argv = [str(ffmpeg), *_QUIET, *arguments]
    return start_process(argv, stdin=stdin, stdout=stdout, stderr=stderr, confinement=confinement)


def finish_ffmpeg(process: subprocess.Popen[bytes], *, timeout_s: float) -> None:
    """Close ffmpeg's input, wait until it ends, and check its exit status.

    Raises ``ToolFailed`` if ffmpeg fails, or is killed after ``timeout_s``, and ``StorageFull`` if
    it failed because the disk is full.
    """
    with time_limit(process, timeout_s) as limit:
        if process.stdin is not None:
            with suppress(BrokenPipeError):  # ffmpeg's exit status says why
                process.stdin.close()
        stderr = process.stderr.read() if process.stderr is not None else b""
    _check_exit(process, limit, stderr, logging.WARNING)


@contextmanager
def ffmpeg_input(
    ffmpeg: Path, arguments: Sequence[str], *, timeout_s: float
) -> Iterator[Callable[[bytes | memoryview], None]]:
    """Run ffmpeg; yield a function that writes to its standard input.

    At the end of the block the input is closed and ffmpeg waited for; an error in the block kills
    it. Raises like `finish_ffmpeg`, which gets ``timeout_s``; the function raises, too, if ffmpeg
    has ended early.
    """
    process = start_ffmpeg(ffmpeg, arguments, stdin=subprocess.PIPE)
    assert process.stdin is not None
    pipe = process.stdin
    _enlarge(pipe)

    def write(data: bytes | memoryview) -> None:
        try:
            pipe.write(data)
        except BrokenPipeError:  # ffmpeg's exit status says why
            finish_ffmpeg(process, timeout_s=timeout_s)
            raise ToolFailed("ffmpeg stopped reading.", hint="See the server's log.") from None

    try:
        yield write
    except BaseException:
        kill_tree(process)
        with suppress(BrokenPipeError), process:
            pass  # closes ffmpeg's pipes and reaps it
        raise
    finish_ffmpeg(process, timeout_s=timeout_s)


def _enlarge(pipe: IO[bytes]) -> None:
    """Enlarge a pipe to a megabyte, so that several programs fed in turn all have work."""
    with suppress(OSError, AttributeError):  # not Linux, or no room left for the user's pipes
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def pipe_to_ffmpeg(
    ffmpeg: Path, arguments: Sequence[str], data: Iterable[bytes | memoryview], *, timeout_s: float
) -> None:
    """Run ffmpeg with ``data`` as its standard input.

    If reading ``data`` raises, ffmpeg is killed. Raises like `finish_ffmpeg`, which gets
    ``timeout_s``.
    """
    with ffmpeg_input(ffmpeg, arguments, timeout_s=timeout_s) as write:
        for chunk in data:
            write(chunk)


def run_ffmpeg(
    ffmpeg: Path,
    arguments: Sequence[str],
    *,
    timeout_s: float,
    confinement: Confinement | None = None,
) -> bytes:
    """Run ffmpeg to its end and return its (small) standard output.

    Raises like `finish_ffmpeg`.
    """
    with tempfile.TemporaryFile() as stderr:
        process = start_ffmpeg(
            ffmpeg, arguments, stdout=subprocess.PIPE, stderr=stderr, confinement=confinement
        )
        with time_limit(process, timeout_s) as limit:
            assert process.stdout is not None
            output = process.stdout.read()
        stderr.seek(0)
        # An unreadable upload is no failure of the server.
        level = logging.WARNING if confinement is None else logging.INFO
        _check_exit(process, limit, stderr.read(_STDERR_KEPT), level)
    return output


def _check_exit(
    process: subprocess.Popen[bytes], limit: TimeLimit, stderr: bytes, level: int
) -> None:
    status = process.returncode
    if limit.exceeded or status in KILLED_BY_LIMIT:
        raise ToolTooSlow("ffmpeg took too long and was stopped.", hint="Try again later.")
    if status != 0:
        _log.log(level, "ffmpeg ended with status %d: %s", status, _one_line(stderr))
        if _NO_SPACE in stderr:
            raise storage_full()
        raise ToolFailed(f"ffmpeg ended with status {status}.", hint="See the server's log.")


def _one_line(stderr: bytes) -> str:
    """The end of a child's output as one line, so that it cannot forge log records."""
    tail = stderr[-_STDERR_KEPT:].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in tail).strip()
