"""Entry point of processes that work on jobs: ``--run`` is the child that runs one attempt."""

from __future__ import annotations

import argparse
import ctypes
import importlib
import os
import signal
import sys
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from .jobs.messages import Message, line_of, order_from_json
from .jobs.runner import run_order
from .logs import job_in_logs, set_up_logs
from .settings import Settings

# The API and the player come first; a job takes whatever processor time they leave.
_NICENESS = 10
# Where memory runs out, the kernel shall take the job's process and not the API.
_OOM_SCORE = "500"
_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m backend.app.worker")
    parser.add_argument("--run", action="store_true", required=True)
    parser.add_argument("--events", type=int, required=True, metavar="FD")
    parser.add_argument("--parent", type=int, required=True, metavar="PID")
    options = parser.parse_args(arguments)
    _die_with(options.parent)
    _step_back()
    os.set_inheritable(options.events, False)
    with os.fdopen(options.events, "wb") as events:
        return run_child(sys.stdin.buffer.read(), events)


def run_child(order_json: bytes, events: BinaryIO) -> int:
    """Run the ordered attempt, telling of it on ``events``."""
    set_up_logs()
    order = order_from_json(order_json)
    lock = Lock()

    def tell(message: Message) -> None:
        with lock:
            events.write(line_of(message))
            events.flush()

    with job_in_logs(order.job_id):
        # What a child may know came in its environment; `.env` also holds the secrets.
        module, _, function = order.pipeline.partition(":")
        pipeline = getattr(importlib.import_module(module), function)(Settings(_env_file=None))
        run_order(order, pipeline, tell)
    return 0


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it is gone (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it went before the kernel was told
        os._exit(1)


def _step_back() -> None:
    os.nice(_NICENESS)
    try:
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    except OSError:
        return  # not Linux, or not allowed: the kernel chooses by size alone


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # All is said and closed; taking the interpreter apart would only keep the job from its end.
    sys.stderr.flush()
    os._exit(status)
