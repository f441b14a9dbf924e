"""Run a command; measure its time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil

_SAMPLE_EVERY_S = 1.0  # reading five processes' memory maps ten times a second slows them down


@dataclass(frozen=True)
class Cost:
    """Wall-clock and CPU seconds of a command with its children, and peak memory."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run ``command`` to its end; a failure ends the bench."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
    )
    peak = _PeakMemory(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    peak_mb = peak.stop()
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with status {process.returncode}")
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, peak_mb)


class _PeakMemory:
    """Measures the peak of a process tree's summed proportional set sizes."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self._peak / 1e6

    def _watch(self) -> None:
        while not self._stop.wait(_SAMPLE_EVERY_S):
            try:
                tree = [self._root, *self._root.children(recursive=True)]
            except psutil.Error:
                return
            self._peak = max(self._peak, sum(_own_bytes(process) for process in tree))


def _own_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def rounds(contestants: Mapping[str, Callable[[], Cost]], count: int) -> dict[str, Cost]:
    """Run all commands in turn, ``count`` times; return the median costs."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for _ in range(count):
        for name, run in contestants.items():
            costs[name].append(run())
    return {name: _median(found) for name, found in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.wall_s for cost in costs),
        statistics.median(cost.cpu_s for cost in costs),
        max(cost.peak_mb for cost in costs),
    )


def table(title: str, costs: Mapping[str, Cost], reference: str) -> None:
    """Print costs and their ratios to those of ``reference``."""
    base = costs[reference]
    print(f"\n{title}\n{'':34}{'wall s':>8}{'ratio':>7}{'CPU s':>8}{'ratio':>7}{'peak MB':>9}")
    for name, cost in costs.items():
        print(
            f"{name:34}{cost.wall_s:8.1f}{cost.wall_s / base.wall_s:7.2f}"
            f"{cost.cpu_s:8.1f}{cost.cpu_s / base.cpu_s:7.2f}{cost.peak_mb:9.0f}"
        )
