"""Start an attempt's child process, in an environment without secrets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ..messages import ORDER, Order
from .child import Child

_ROOT = Path(__file__).resolve().parents[4]
# Children inherit none of these; a job kind receives those that it needs by name.
_SECRET_NAMES = ("JWT_SECRET", "TOKENS_ENCRYPTION_KEY", "DATABASE_URL", "OPENAI_API_KEY")
# The same for names of earlier systems, and for what jobs never need.
_MORE_SECRET_NAMES = (
    "AUTOMIX_OPENAI_API_KEY",
    "REDIS_URL",
    "AUTOMIX_REDIS_URL",
    "CELERY_BROKER_URL",
    "REDIS_PASSWORD",
    "FRONTEND_SECRET",
    "METRICS_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "MINIO_SECRET_KEY",
)


class Launcher(Protocol):
    """Starts children; its methods may be called from any thread."""

    def launch(self, order: Order, environment: Mapping[str, str]) -> Child:
        """Start the attempt's process.

        Its environment is that of this process without secrets, plus ``environment``. The kernel
        kills the child when the calling thread or this process ends (Linux), so even ``kill -9``
        leaves no orphan; the calling thread must therefore wait for the child. Raises OSError if no
        process can be started.
        """

    def close(self) -> None:
        """Release resources; later launches raise OSError."""


class NewProcessLauncher:
    """Starts a new interpreter for each child; works on every platform."""

    def launch(self, order: Order, environment: Mapping[str, str]) -> Child:
        """Start ``python -m backend.app.worker --run``."""
        events, their_events = os.pipe()
        their_answers, answers = os.pipe()
        try:
            process = _start(order, environment, their_events, their_answers)
            return Child(process, events, answers)
        except BaseException:
            os.close(events)
            os.close(answers)
            raise
        finally:
            os.close(their_events)
            os.close(their_answers)

    def close(self) -> None:
        """Do nothing: this launcher holds no resources."""


class _NewProcess(subprocess.Popen[bytes]):
    def kill(self) -> None:
        with suppress(ProcessLookupError):  # the group may already be empty
            os.killpg(self.pid, signal.SIGKILL)


def _start(order: Order, environment: Mapping[str, str], events: int, answers: int) -> _NewProcess:
    command = [sys.executable, "-m", "backend.app.worker", "--run"]
    command += ["--events", str(events), "--answers", str(answers)]
    command += ["--parent", str(os.getpid())]
    # Unlike a pipe, a file accepts an order of any length before the child reads it.
    with tempfile.TemporaryFile() as stdin:
        stdin.write(ORDER.dump_json(order))
        stdin.seek(0)
        return _NewProcess(
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            env=child_environment(environment),
            pass_fds=(events, answers),
            start_new_session=True,
        )


def _is_secret(name: str) -> bool:
    """Whether a variable contains a secret, or names the file of one."""
    return name.upper().removesuffix("_FILE") in (*_SECRET_NAMES, *_MORE_SECRET_NAMES)


def child_environment(added: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without secrets, plus ``added``."""
    kept = {name: value for name, value in os.environ.items() if not _is_secret(name)}
    path = os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH"))))
    return {**kept, **added, "PYTHONPATH": path}
