"""Start a process that works on jobs.

``--queues cpu,net`` starts a worker beside the API (``EXECUTOR=celery``). ``--run`` starts the
child that runs one attempt; ``--fork-server`` starts the process that forks such children.
"""

from __future__ import annotations

import argparse
import importlib
import os
import socket
import sys
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from .errors import BadSettings
from .jobs.messages import MESSAGE, ORDER, Failed, Message, Order
from .jobs.processes.fork_server import die_with, fork_children, load
from .jobs.processes.priority import lower_priority
from .jobs.runner import failure_of, run_order
from .jobs.tasks.exchange import Exchange
from .logs import job_in_logs, set_up_logs
from .wiring.jobs.workspace import evict_copies, workspace_of
from .wiring.settings.read_settings import parse_settings

# If memory runs out, the kernel should kill the job's process rather than the API.
_OOM_SCORE = "500"


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m backend.app.worker")
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--run", action="store_true")
    task.add_argument("--fork-server", action="store_true")
    task.add_argument("--queues", metavar="NAMES", help="such as interactive,cpu,net")
    parser.add_argument("--parent", type=int, default=0, metavar="PID")
    parser.add_argument("--events", type=int, metavar="FD")
    parser.add_argument("--answers", type=int, metavar="FD")
    parser.add_argument("--control", type=int, metavar="FD")
    parser.add_argument("--load", nargs="*", default=(), metavar="MODULE")
    options = parser.parse_args(arguments)
    if options.queues is not None:
        return _serve(options.queues.split(","))
    die_with(options.parent)
    _offer_to_be_killed()
    if options.fork_server:
        set_up_logs()
        load(options.load)
        order_json, events, answers = fork_children(socket.socket(fileno=options.control))
    else:
        order_json = sys.stdin.buffer.read()
        events, answers = options.events, options.answers
    for descriptor in (events, answers):
        os.set_inheritable(descriptor, False)
    set_up_logs()
    order = ORDER.validate_json(order_json)
    lower_priority(order.niceness)
    with os.fdopen(events, "wb") as file:
        return run_child(order, file, os.fdopen(answers, "rb"))


def _serve(queues: list[str]) -> int:
    """Run a worker of these queues until a stop signal."""
    # children need none of it
    from .wiring.jobs.workers import run_worker, worker_settings
    from .wiring.settings.notices import log_setting_notices

    set_up_logs()
    try:
        settings = worker_settings()
        log_setting_notices()
        return run_worker(settings, queues)
    except BadSettings as error:
        sys.exit(f"{error.message} {error.hint}")


def run_child(order: Order, events: BinaryIO, answers: BinaryIO) -> int:
    """Run an attempt; write its messages to ``events``, read the supervisor's ``answers``.

    A thread reads and closes ``answers``: closing it here would wait for the supervisor.
    """
    lock = Lock()

    def send(message: Message) -> None:
        with lock:
            events.write(MESSAGE.dump_json(message) + b"\n")
            events.flush()

    with job_in_logs(order.job_id):
        module, _, function = order.pipeline.partition(":")
        build = getattr(importlib.import_module(module), function)
        try:
            # The environment contains the settings for this child; `.env` also contains other
            # secrets.
            settings = parse_settings(env_file=None)
            pipeline = build(settings)
        except BadSettings as error:
            send(Failed(failure_of(error)))
            return 1
        exchange = Exchange(send, answers) if order.shares else None
        if exchange is not None:
            exchange.start()
        run_order(order, pipeline, send, exchange, workspace_of(settings, order))
        evict_copies(settings)
    return 0


def _offer_to_be_killed() -> None:
    try:
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    except OSError:
        return  # not Linux, or not allowed: the kernel chooses by size alone


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # Everything is written and closed; skip the interpreter's slow shutdown.
    sys.stderr.flush()
    os._exit(status)
