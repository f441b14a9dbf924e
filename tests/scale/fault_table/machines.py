"""All processes of a server on five machines, which faults kill, stop and start again."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

from tests import ROOT, postgresql, redis_server, s3_faults, s3_server
from tests.patience import wait_until
from tests.ports import free_port

from .network import Link

#: Machine 0's disk is small, machine 2's clock can be moved.
N_WORKERS, FULL, CLOCK = 3, 0, 2
_LIBFAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
_DISK = "size=2g"


@dataclass
class Machine:
    """One process with a folder, a host name and a link to the database of its own."""

    name: str
    folder: Path
    command: Sequence[str]
    settings: Mapping[str, str]
    port: int = 0
    link: Link | None = None
    process: subprocess.Popen[bytes] | None = None
    #: How often it ended although no fault stopped it, and was started again.
    exits: int = 0

    def start(self) -> None:
        environment = {**os.environ, "STORAGE_ROOT": str(self.folder / "storage"), **self.settings}
        # A host name of its own: no machine sees another one's dead processes.
        host = ["unshare", "--uts", "sh", "-c", f'hostname {self.name}; exec "$@"', "sh"]
        command = [*(host if os.geteuid() == 0 else []), *self.command]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def family(self) -> list[psutil.Process]:
        """Its processes, those without children first."""
        assert self.process is not None
        try:
            first = psutil.Process(self.process.pid)
            return [*reversed(first.children(recursive=True)), first]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """Kill all its processes at once, as a power cut would."""
        family = self.family()
        for process in reversed(family):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)
        if self.process is not None:
            self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Wait for its end."""
        if self.process is not None:
            self.process.wait(60)
        self.process = None

    def answers(self) -> bool:
        """Whether this API answers."""
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"http://127.0.0.1:{self.port}/health").status_code == 200
        return False

    @property
    def disk(self) -> Path:
        """Its storage."""
        return self.folder / "storage"

    @property
    def clock(self) -> Path:
        """The file that moves its clock."""
        return self.folder / "clock"


@dataclass
class Machines:
    """Two APIs, three workers, and the services that they share."""

    database: postgresql.Server
    redis: redis_server.Server
    s3: s3_server.Server
    s3_proxy: s3_faults.Proxy
    lease_s: float
    apis: list[Machine] = field(default_factory=list)
    workers: list[Machine] = field(default_factory=list)

    @property
    def all(self) -> list[Machine]:
        return [*self.apis, *self.workers]

    @property
    def exits(self) -> int:
        """How often processes ended although no fault stopped them."""
        return sum(machine.exits for machine in self.all)

    def keep_running(self) -> None:
        """Start again what ended, as a service manager does."""
        for machine in self.all:
            if machine.process is not None and machine.process.poll() is not None:
                machine.kill()
                machine.exits += 1
            if machine.process is None:
                machine.start()

    def worker_of(self, owner: str) -> Machine | None:
        """The worker whose process has this name in claims."""
        pid = pid_of(owner)
        return next((w for w in self.workers if any(p.pid == pid for p in w.family())), None)


def pid_of(owner: str) -> int:
    """The id of the process that has this name in claims."""
    return int(owner.split("/")[1])


@contextmanager
def running(folder: Path, lease_s: float | None = None) -> Iterator[Machines]:
    """Run everything during the block; None is the default lease."""
    programs = postgresql.programs()
    assert programs is not None, "PostgreSQL is not installed"
    with ExitStack() as stack:
        database = stack.enter_context(postgresql.stoppable(programs))
        redis = stack.enter_context(redis_server.running())
        s3 = stack.enter_context(s3_server.running())
        proxy = stack.enter_context(s3_faults.in_front_of(s3.ports["s3.port"]))
        machines = Machines(database, redis, s3, proxy, lease_s or 30.0)
        common = _common_settings(machines) | ({"LEASE_S": str(lease_s)} if lease_s else {})
        stack.callback(_end, machines)
        machines.apis = [_api(folder, number, common, machines) for number in range(2)]
        machines.workers = [_worker(folder, n, common, machines) for n in range(N_WORKERS)]
        for machine in machines.all:
            machine.start()
        wait_until(lambda: all(api.answers() for api in machines.apis), every_s=0.2)
        yield machines


def _end(machines: Machines) -> None:
    for machine in machines.all:
        if machine.process is not None:
            machine.kill()
    if machines.workers and os.path.ismount(machines.workers[FULL].disk):
        subprocess.run(["umount", "--lazy", str(machines.workers[FULL].disk)], check=True)


def _common_settings(machines: Machines) -> dict[str, str]:
    own = ("JWT_SECRET", "FRONTEND_SECRET", "TOKENS_ENCRYPTION_KEY")
    return {
        **{name: secrets.token_hex(32) for name in own},
        **machines.s3.settings("faults"),
        "AWS_ENDPOINT_URL": machines.s3_proxy.url,
        "EXECUTOR": "celery",
        "REDIS_URL": machines.redis.url,
        "DATABASE_CONNECTIONS": "6",
        "RENDER_WORKERS": "1",
    }


def _api(folder: Path, number: int, common: Mapping[str, str], machines: Machines) -> Machine:
    port = free_port()
    own = folder / f"api{number}"
    own.mkdir()
    command = [sys.executable, "-m", "uvicorn", "backend.app.main:app", "--port", str(port)]
    settings = {**common, "DATABASE_URL": machines.database.url}
    return Machine(own.name, own, command, settings, port)


def _worker(folder: Path, number: int, common: Mapping[str, str], machines: Machines) -> Machine:
    link = Link(machines.database.folder / ".s.PGSQL.5432")
    link.start()
    own = folder / f"worker{number}"
    (own / "storage").mkdir(parents=True)
    url = f"postgresql+psycopg://segue@127.0.0.1:{link.port}/postgres"
    settings = {**common, "DATABASE_URL": url}
    command = [sys.executable, "-m", "backend.app.worker", "--queues", "cpu"]
    machine = Machine(own.name, own, command, settings, link=link)
    if number == FULL:
        mount(machine.disk, _DISK)
    return machine


def has_clock(machine: Machine) -> bool:
    """Whether a machine's clock can be moved; if not yet, start it again so that it can.

    Only for this fault: ``libfaketime`` sometimes breaks a sleep of the S3 client.
    """
    if "LD_PRELOAD" in machine.settings:
        return True
    assert _LIBFAKETIME.exists(), "this needs libfaketime (Debian: libfaketime)"
    machine.clock.write_text("+0")
    machine.settings = {
        **machine.settings,
        "LD_PRELOAD": str(_LIBFAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(machine.clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    machine.stop()
    machine.wait()
    machine.start()
    return False


def mount(disk: Path, options: str) -> None:
    """Give a machine a disk in memory; needs root."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Leave no space on a machine's disk."""
    usage = os.statvfs(disk)
    used = (usage.f_blocks - usage.f_bfree) * usage.f_frsize
    options = f"remount,size={used + 4096}"
    subprocess.run(["mount", "-o", options, str(disk)], check=True)


def empty(disk: Path) -> None:
    """Give the space back."""
    subprocess.run(["mount", "-o", f"remount,{_DISK}", str(disk)], check=True)
