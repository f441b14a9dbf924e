"""The faults, each injected at once and mended after a few seconds.

Each function returns the moment from which work could go on: that of the fault where other machines
can do so at once, otherwise the one when it was mended. None: there was nothing to disturb.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil
from redis.exceptions import RedisError

from backend.app.jobs.celery.messages import WAKE, make_celery
from tests.jobs.find_processes import running_jobs
from tests.patience import wait_until
from tests.s3_faults import Fault as S3Fault

from .audit import Audit
from .machines import CLOCK, FULL, Machine, Machines, empty, fill, has_clock, pid_of


@dataclass(frozen=True)
class Scene:
    """What a fault works with."""

    machines: Machines
    audit: Audit
    rng: random.Random


Inject = Callable[[Scene], float | None]


def kill_api(scene: Scene) -> float | None:
    return _kill(scene.rng.choice(scene.machines.apis))


def kill_worker(scene: Scene) -> float | None:
    owners = scene.audit.running().jobs.values()
    machine = scene.machines.worker_of(scene.rng.choice(sorted(owners))) if owners else None
    return _kill(machine) if machine else None


def _kill(machine: Machine) -> float:
    began_s = time.time()
    machine.kill()
    machine.start()
    return began_s


def kill_child(scene: Scene) -> float | None:
    return _kill_child_of(scene, sorted(scene.audit.running().jobs.values()))


def kill_part(scene: Scene) -> float | None:
    """Kill the process that runs a part of another worker's job."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if owners := sorted(scene.audit.running().helped.values()):
            return _kill_child_of(scene, owners)
        time.sleep(0.05)
    return None


def _kill_child_of(scene: Scene, owners: list[str]) -> float | None:
    if not owners:
        return None
    with suppress(psutil.NoSuchProcess):
        children = running_jobs(psutil.Process(pid_of(scene.rng.choice(owners))))
        if children:
            began_s = time.time()
            children[0].kill()
            return began_s
    return None


def kill_redis(scene: Scene) -> float | None:
    scene.machines.redis.kill()
    time.sleep(scene.rng.uniform(0.2, 4.0))
    scene.machines.redis.start()
    return time.time()


def flush_redis(scene: Scene) -> float | None:
    scene.machines.redis.client().flushall()
    return time.time()


def fill_redis(scene: Scene) -> float | None:
    """Let Redis refuse every write for a few seconds."""
    client = scene.machines.redis.client()
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", 1)
    time.sleep(scene.rng.uniform(1.0, 6.0))
    with suppress(RedisError):
        client.config_set("maxmemory", 0)
    return time.time()


def stop_database(scene: Scene) -> float | None:
    scene.machines.database.stop()
    time.sleep(scene.rng.choice((0.0, 2.0, 8.0)))
    scene.machines.database.start()
    return time.time()


def refuse_s3(scene: Scene) -> float | None:
    return _disturb_s3(scene, S3Fault(status=500), scene.rng.choice((2.0, 6.0, 15.0)))


def hang_s3(scene: Scene) -> float | None:
    """Answer no request for as long as the client's time limit, and longer."""
    return _disturb_s3(scene, S3Fault(wait_s=25.0), scene.rng.choice((1.0, 5.0)))


def slow_s3(scene: Scene) -> float | None:
    return _disturb_s3(scene, S3Fault(wait_s=0.8), 6.0)


def _disturb_s3(scene: Scene, fault: S3Fault, for_s: float) -> float:
    scene.machines.s3_proxy.set(fault)
    time.sleep(for_s)
    scene.machines.s3_proxy.heal()
    return time.time()


def lose_s3_part(scene: Scene) -> float | None:
    """Lose a part of the next multipart upload, or a whole object: half of each."""
    what = scene.rng.choice(("PUT .*partNumber=", "PUT .*/jobs/"))
    proxy = scene.machines.s3_proxy
    proxy.set(S3Fault(loses=True), what=what, times=1)
    deadline = time.monotonic() + 20
    while not proxy.met and time.monotonic() < deadline:
        time.sleep(0.05)
    has_met = bool(proxy.met)
    proxy.heal()
    return time.time() if has_met else None


def cut_network(scene: Scene) -> float | None:
    """Cut one busy worker off the database for longer than its lease."""
    running = scene.audit.running()
    owners = sorted({*running.jobs.values(), *running.helped.values()})
    machine = scene.machines.worker_of(scene.rng.choice(owners)) if owners else None
    if machine is None or machine.link is None:
        return None
    began_s = time.time()
    machine.link.cut()
    time.sleep(scene.machines.lease_s + scene.rng.uniform(1.0, 4.0))
    machine.link.mend(drop=scene.rng.random() < 0.5)
    return began_s


def _is_busy(scene: Scene, machine: Machine) -> bool:
    """Wait a few seconds until a worker runs a job or a part; whether it does."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        running, own = scene.audit.running(), {process.pid for process in machine.family()}
        owners = {*running.jobs.values(), *running.helped.values()}
        if any(pid_of(owner) in own for owner in owners):
            return True
        time.sleep(0.1)
    return False


def fill_disk(scene: Scene) -> float | None:
    machine = scene.machines.workers[FULL]
    if not _is_busy(scene, machine):
        return None
    disk = machine.disk
    fill(disk)
    time.sleep(scene.rng.uniform(2.0, 5.0))
    empty(disk)
    return time.time()


def deploy(scene: Scene) -> float | None:
    """Stop every process with SIGTERM, and start them all again."""
    began_s = time.time()
    for machine in scene.machines.all:
        machine.stop()
    for machine in scene.machines.all:
        machine.wait()
        machine.start()
    apis = scene.machines.apis
    wait_until(lambda: all(api.answers() for api in apis), every_s=0.2)
    return began_s


def deliver_twice(scene: Scene) -> float | None:
    """Wake all workers at once, several times with the same message."""
    app = make_celery(scene.machines.redis.url)
    job = next(iter(scene.audit.running().jobs), "none")
    began_s, together = time.time(), threading.Barrier(4)

    def send() -> None:
        together.wait()
        for _ in range(2):
            app.send_task(WAKE, (job,), queue="cpu", task_id="the-same")

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    app.close()
    return began_s


def clock_forward(scene: Scene) -> float | None:
    return _move_clock(scene, "+1h")


def clock_back(scene: Scene) -> float | None:
    return _move_clock(scene, "-1h")


def _move_clock(scene: Scene, offset: str) -> float | None:
    machine = scene.machines.workers[CLOCK]
    if not has_clock(machine) or not _is_busy(scene, machine):
        return None
    clock, began_s = machine.clock, time.time()
    clock.write_text(offset)
    time.sleep(scene.rng.uniform(4.0, 8.0))
    clock.write_text("+0")
    return began_s


@dataclass(frozen=True)
class Fault:
    """A fault, what it is called in the table, and the format of the mixes that it disturbs."""

    title: str
    inject: Inject
    format: str = "mp3"


FAULTS: Mapping[str, Fault] = {
    "api": Fault("kill -9 of an API process", kill_api),
    "worker": Fault("kill -9 of a worker", kill_worker),
    "child": Fault("kill -9 of a job's process", kill_child),
    "part": Fault("kill -9 of a part's process at a helper", kill_part),
    "redis-killed": Fault("Redis killed, away 0–4 s", kill_redis),
    "redis-flushed": Fault("Redis flushed", flush_redis),
    "redis-full": Fault("Redis out of memory, 1–6 s", fill_redis),
    "database": Fault("PostgreSQL stopped (`immediate`), away 0–8 s", stop_database),
    "s3-500": Fault("S3 answers 500, 2–15 s", refuse_s3),
    "s3-timeout": Fault("S3 answers after 25 s, for 1–5 s", hang_s3),
    "s3-part": Fault("S3 loses a part or an object", lose_s3_part, "wav"),
    "s3-slow": Fault("S3 takes 0.8 s longer, 6 s", slow_s3),
    "network": Fault("worker cut off the database, longer than its lease", cut_network),
    "disk": Fault("a worker's disk full, 2–5 s", fill_disk),
    "deploy": Fault("SIGTERM to all, and started again", deploy),
    "twice": Fault("a message delivered eight times", deliver_twice),
    "clock-forward": Fault("a worker's clock 1 h ahead, 4–8 s", clock_forward),
    "clock-back": Fault("a worker's clock 1 h behind, 4–8 s", clock_back),
}
