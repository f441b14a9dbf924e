"""Children of the fork server."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backend.app.jobs.processes import fork_launcher, fork_server
from backend.app.jobs.processes.fork_launcher import ForkLauncher
from backend.app.wiring.jobs.executor import PIPELINES, build_launcher
from tests.patience import wait_until

from .. import find_processes
from ..find_processes import is_gone
from ..pipelines import Wool, secret_hash
from .test_launcher import grandchild_of, messages_of, notes, order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux only")
SLEEP = Wool(mischief={"carding": "sleep"})
SEARCH = Wool(mischief={"carding": "search"})
ORIGIN = Wool(mischief={"carding": "origin"})


@pytest.fixture
def launcher() -> Iterator[ForkLauncher]:
    launcher = ForkLauncher(["tests.jobs.pipelines"])
    yield launcher
    launcher.close()


def server() -> psutil.Process:
    found = find_processes.fork_server()
    assert found is not None
    return found


def new_secret() -> str:
    return f"wool-secret-{secrets.token_hex(16)}"


def hashes(*found: str) -> list[str]:
    return [" ".join(sorted(secret_hash(secret.encode()) for secret in found))]


def test_children_have_modules_imported(launcher: ForkLauncher, tmp_path: Path):
    assert notes(launcher, tmp_path / "a", ORIGIN) == [str(server().pid)]
    assert notes(launcher, tmp_path / "b", ORIGIN) == [str(server().pid)]


def test_child_has_only_its_own_secret_in_memory(
    launcher: ForkLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ours, first, second = new_secret(), new_secret(), new_secret()
    monkeypatch.setenv("JWT_SECRET", ours)
    assert notes(launcher, tmp_path / "a", SEARCH, {"KEY": first}) == hashes(first)
    assert notes(launcher, tmp_path / "b", SEARCH, {"KEY": second}) == hashes(second)
    assert notes(launcher, tmp_path / "c", SEARCH) == hashes()


def test_killed_server_ends_children_and_is_replaced(launcher: ForkLauncher, tmp_path: Path):
    child = launcher.launch(order(tmp_path, SLEEP), {})
    process, grandchild, first = psutil.Process(child.pid), grandchild_of(tmp_path), server()
    first.kill()
    messages_of(child)
    assert child.end() == -signal.SIGKILL
    assert is_gone(process)
    assert is_gone(grandchild)
    assert notes(launcher, tmp_path / "b", ORIGIN) == [str(server().pid)]
    assert server() != first


def test_closed_launcher_starts_nothing(tmp_path: Path):
    launcher = ForkLauncher(["tests.jobs.pipelines"])
    launcher.launch(order(tmp_path, SLEEP), {}).end()
    launcher.close()
    with pytest.raises(OSError, match="closed"):
        launcher.launch(order(tmp_path), {})
    assert find_processes.fork_server() is None


@pytest.mark.parametrize("hangs_before", ["the fork", "the end"])
def test_hanging_server_is_killed_and_replaced(
    launcher: ForkLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hangs_before: str
):
    child = launcher.launch(order(tmp_path, SLEEP), {})
    process, first = psutil.Process(child.pid), server()
    first.suspend()
    monkeypatch.setattr(fork_launcher, "_ANSWER_S", 0.2)
    if hangs_before == "the fork":
        assert launcher.launch(order(tmp_path), {}).end() is None
    assert child.end() == -signal.SIGKILL
    assert is_gone(process)
    assert is_gone(first)
    monkeypatch.undo()
    assert notes(launcher, tmp_path / "b", ORIGIN) == [str(server().pid)]


def test_child_never_ran_if_server_ends_before_fork(tmp_path: Path):
    launcher = ForkLauncher(["tests.jobs.processes.slow_to_import"])
    child = launcher.launch(order(tmp_path), {})
    assert child.read(0.05) == []
    launcher.close()
    assert messages_of(child) == []
    assert child.end() is None


def test_ended_children_leave_no_descriptor_open(launcher: ForkLauncher, tmp_path: Path):
    launcher.launch(order(tmp_path, SLEEP), {}).end()
    before = n_descriptors()
    for _ in range(3):
        launcher.launch(order(tmp_path, SLEEP), {}).end()
    notes(launcher, tmp_path, Wool())
    # The server closes the last pipe after the child's exit.
    wait_until(lambda: all(now <= then for now, then in zip(n_descriptors(), before, strict=True)))


def n_descriptors() -> list[int]:
    return [process.num_fds() for process in (psutil.Process(), server())]


def test_no_zombie_remains(launcher: ForkLauncher, tmp_path: Path):
    for name in "abc":
        child = launcher.launch(order(tmp_path / name, SLEEP), {})
        assert psutil.Process(child.pid).ppid() == server().pid
        child.end()
        assert server().children() == []


def test_children_do_not_hold_each_others_pipes_open(launcher: ForkLauncher, tmp_path: Path):
    children = [launcher.launch(order(tmp_path / name, SLEEP), {}) for name in "ab"]
    first, second = (pipes(child.pid) for child in children)
    assert first & second == set()
    for child in children:
        child.end()


def pipes(pid: int) -> set[str]:
    """Return the pipes that a process holds open."""
    names = {str(descriptor.readlink()) for descriptor in Path(f"/proc/{pid}/fd").iterdir()}
    return {name for name in names if name.startswith("pipe:")}


def test_failed_fork_closes_pipes_and_server_continues(
    monkeypatch: pytest.MonkeyPatch,
):
    def refuse() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    monkeypatch.setattr(os, "_exit", sys.exit)
    reader, writer = os.pipe()
    ours, theirs = socket.socketpair()
    with ours, theirs, Path(os.devnull).open() as request:
        socket.send_fds(ours, [b"\0"], [request.fileno(), writer, writer, writer])
        os.close(writer)
        ours.close()
        with pytest.raises(SystemExit):  # when its requests end, not earlier
            fork_server.fork_children(theirs)
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_product_modules_start_no_thread_in_server():
    """A lock that a thread holds during a fork stays locked in the child."""
    launcher = build_launcher(PIPELINES)
    assert isinstance(launcher, ForkLauncher)
    code = (
        "import gc, os, sys; from backend.app.jobs.processes.fork_server import load;"
        f"load({launcher.modules!r});"
        "print(len(os.listdir('/proc/self/task')), 'torch' in sys.modules, gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    threads, has_torch, frozen = done.stdout.split()
    assert (threads, has_torch) == ("1", "False")
    assert int(frozen) > 100_000  # objects excluded from garbage collection
    assert done.stderr == ""
