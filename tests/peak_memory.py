"""Measure the peak memory of a test's child process."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """The most memory that this process has used since its program began, in MB.

    ``getrusage`` would report at least the parent's peak: Linux inherits it when a forked process
    starts a program, so that beside a large parent nothing is seen.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(kilobytes) / 1000
