"""How much memory a test's child has taken."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """The most memory that this process has held since it began its program, in MB.

    What ``getrusage`` tells is no less than the most that its parent held: Linux takes that over
    when a program begins in a process that was forked, and beside a large parent nothing is seen.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(kilobytes) / 1000
