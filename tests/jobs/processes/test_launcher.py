"""Behaviour of children, for every launcher."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from backend.app.jobs.messages import Done, Message, Noted, Order
from backend.app.jobs.processes.child import Child
from backend.app.jobs.processes.fork_launcher import ForkLauncher
from backend.app.jobs.processes.launcher import (
    Launcher,
    NewProcessLauncher,
    child_environment,
)
from backend.app.wiring.settings.secret_files import names_of_secrets
from tests.patience import PATIENCE_S, wait_until

from ..find_processes import is_alive, is_gone
from ..pipelines import CHAIN, Wool

LAUNCHERS: dict[str, Callable[[], Launcher]] = {"new process": NewProcessLauncher}
if sys.platform == "linux":
    LAUNCHERS["fork"] = lambda: ForkLauncher(["tests.jobs.pipelines"])


@pytest.fixture(scope="module", params=LAUNCHERS)
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    launcher = LAUNCHERS[request.param]()
    yield launcher
    launcher.close()


def order(folder: Path, wool: Wool = Wool(), *, pipeline: str = CHAIN, niceness: int = 0) -> Order:
    return Order("job", pipeline, wool.to_json(), 1.0, str(folder / "job"), 1, [], niceness)


def messages_of(child: Child) -> list[Message]:
    """Return all messages of a child until it exits."""
    said: list[Message] = []
    deadline = time.monotonic() + PATIENCE_S
    while (messages := child.read(0.05)) is not None:
        said += messages
        assert time.monotonic() < deadline
    return said


def notes(
    launcher: Launcher, folder: Path, wool: Wool, environment: Mapping[str, str] | None = None
) -> list[str]:
    """Return the notes of a successful attempt."""
    child = launcher.launch(order(folder, wool), environment or {})
    said = messages_of(child)
    child.wait_for_exit()  # otherwise it would be killed while exiting
    assert child.end() == 0
    assert isinstance(said[-1], Done)
    return [message.text for message in said if isinstance(message, Noted)]


def grandchild_of(folder: Path) -> psutil.Process:
    file = folder / "job" / "grandchild.pid"
    wait_until(lambda: file.exists() and file.read_text())
    return psutil.Process(int(file.read_text()))


def test_child_runs_order_and_exits_with_0(launcher: Launcher, tmp_path: Path):
    assert notes(launcher, tmp_path, Wool(mischief={"carding": "note"})) != []
    assert (tmp_path / "job" / "pullover" / "front.bin").exists()


def test_killed_child_exits_with_signal(launcher: Launcher, tmp_path: Path):
    child = launcher.launch(order(tmp_path, Wool(mischief={"spinning": "kill"})), {})
    assert not [m for m in messages_of(child) if isinstance(m, Done)]
    assert child.end() == -9


def test_child_without_pipeline_exits_with_1(launcher: Launcher, tmp_path: Path):
    child = launcher.launch(order(tmp_path, pipeline="tests.jobs.nowhere:chain"), {})
    assert messages_of(child) == []
    child.wait_for_exit()
    assert child.end() == 1


def test_ending_a_child_kills_its_processes(launcher: Launcher, tmp_path: Path):
    child = launcher.launch(order(tmp_path, Wool(mischief={"carding": "spawn"})), {})
    process, grandchild = psutil.Process(child.pid), grandchild_of(tmp_path)
    assert child.end() == -9
    assert not is_alive(process)
    assert is_gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_child_has_own_session_and_lower_priority(launcher: Launcher, tmp_path: Path):
    child = launcher.launch(order(tmp_path, Wool(mischief={"carding": "sleep"}), niceness=10), {})
    grandchild_of(tmp_path)  # it has started by then
    assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid
    niceness = min(os.nice(0) + 10, 19)
    assert psutil.Process(child.pid).nice() == niceness
    # sets the share of the session, if Linux groups processes by session
    group = Path(f"/proc/{child.pid}/autogroup")
    assert not group.exists() or group.read_text().endswith(f" nice {niceness}\n")
    assert Path(f"/proc/{child.pid}/oom_score_adj").read_text() == "500\n"
    child.end()


def test_child_gets_current_environment(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wool = Wool(mischief={"carding": "tell"})
    assert notes(launcher, tmp_path / "a", wool) == ["nothing was told"]
    monkeypatch.setenv("WOOL_SECRET", "ours")
    assert notes(launcher, tmp_path / "b", wool) == ["ours"]
    assert notes(launcher, tmp_path / "c", wool, {"WOOL_SECRET": "its own"}) == ["its own"]


def test_children_get_no_secret_under_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    others = ("AUTOMIX_OPENAI_API_KEY", "AUTOMIX_REDIS_URL", "CELERY_BROKER_URL")
    for name in (*map(str.upper, names_of_secrets()), *others):
        monkeypatch.setenv(name, "hunter2")
        monkeypatch.setenv(f"{name}_FILE", "/run/secrets/hunter2")
    assert not [value for value in child_environment({}).values() if "hunter2" in value]
    assert child_environment({"OPENAI_API_KEY": "its own"})["OPENAI_API_KEY"] == "its own"
