"""A job kind for tests: a chain of steps, each hashing the previous step's file.

Real child processes import it by name. Every step writes its name into a log outside the
workspace's hashed files, so that a test can count how often it ran.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event

from backend.app.errors import NotBefore, RejectedFile
from backend.app.jobs.pipeline import Pipeline, Step, StepContext
from backend.app.media.ffmpeg.confinement import start_process
from backend.app.settings import Settings
from tests.patience import PATIENCE_S, wait_until

IMPORTED_BY = os.getpid()
SECRET = re.compile(rb"wool-secret-[0-9a-f]{32}")
CHAIN = "tests.jobs.pipelines:chain"
STEP_NAMES = ("carding", "spinning", "knitting")
_GO_ON = "go_on"


@dataclass(frozen=True)
class Wool:
    """What a chain job does: ``seconds`` of work in each step, and a fault for some steps.

    Faults: ``refuse``, ``bug``, ``memory``, ``disk``, ``kill`` (itself), ``hang``, ``sleep`` (in a
    grandchild that does not end), ``spawn`` (the same, not tied to its parent), ``wait`` (until
    :func:`let_go_on`), ``burn`` (a core for 20 s), ``note``, ``tell`` (a note with part of the
    environment), ``pause`` (once, for 0.3 s), ``origin`` (a note with the process that imported
    this module), ``search`` (a note with hashes of the secrets in the process's memory).
    """

    seconds: float = 0.0
    size: int = 1000
    mischief: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def chain(settings: Settings) -> Pipeline[Wool]:
    steps = tuple(
        Step(name, _step(name, position), weight=0.1, limit_s=_LIMITS.get(name, _unlimited))
        for position, name in enumerate(STEP_NAMES)
    )
    return Pipeline(lambda inputs: Wool(**json.loads(inputs)), steps)


def mixtape_chain(settings: Settings) -> Pipeline[Wool]:
    """The chain as a mixtape job, whose intro may contain the faults as JSON."""
    pipeline = chain(settings)

    def open_job(inputs: str) -> Wool:
        intro = json.loads(inputs)["request"]["description"]["intro"]
        return pipeline.open(intro or "{}")

    return Pipeline(open_job, pipeline.steps)


def _unlimited(_: float) -> float:
    return 2 * PATIENCE_S


def _limit(work_s: float) -> float:
    """Time limit of a step: the seconds of audio, if below 1, so that tests can set it."""
    return work_s if work_s < 1 else _unlimited(work_s)


_LIMITS = {"spinning": _limit}


def step_log(workspace: Path) -> list[str]:
    """Names of the steps that began and finished, in order, over all attempts."""
    log = workspace / "steps.log"
    return log.read_text().split() if log.exists() else []


def _step(name: str, position: int):
    def run(context: StepContext[Wool]) -> None:
        wool, workspace = context.job, context.workspace
        _write_log(workspace.root, f"+{name}")
        _make_mischief(wool.mischief.get(name), context)
        seed = b"wool"
        if position:
            seed = workspace.path(f"{STEP_NAMES[position - 1]}.bin").read_bytes()
        last = position == len(STEP_NAMES) - 1
        target = f"{name}.bin" if not last else "pullover/front.bin"
        with workspace.write(target, "application/octet-stream" if last else None) as path:
            path.write_bytes(_spin(seed, wool, context))
        _write_log(workspace.root, f"-{name}")

    return run


def _spin(seed: bytes, wool: Wool, context: StepContext[Wool]) -> bytes:
    """Compute slowly ``size`` bytes that depend on every byte of ``seed``."""
    thread, slices = b"", 20
    for i in range(slices):
        seed = hashlib.sha512(seed + bytes([i])).digest()
        thread += (seed * (wool.size // slices // len(seed) + 1))[: wool.size // slices]
        Event().wait(wool.seconds / slices)  # works with a faked clock, unlike time.sleep()
        context.say(f"row {i + 1} of {slices}")
        context.progress((i + 1) / slices)
    return thread


def _make_mischief(kind: str | None, context: StepContext[Wool]) -> None:
    match kind:
        case "refuse":
            raise RejectedFile("This wool is cotton.", hint="Bring wool.", code="not_wool")
        case "bug":
            raise KeyError("a secret of the house")
        case "memory":
            raise MemoryError
        case "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(600)
        case "wait":
            _wait_to_go_on(context.workspace.root)
        case "burn":
            _burn(context)
        case "spawn":
            _wait_for(context.workspace.root, subprocess.Popen(["sleep", "600"]))
        case "sleep":
            _sleep_as_a_grandchild(context.workspace.root)
        case "pause":
            _pause_once(context.workspace.root)
        case "tell":
            context.note(os.environ.get("WOOL_SECRET", "nothing was told"))
        case "origin":
            context.note(str(IMPORTED_BY))
        case "search":
            context.note(" ".join(sorted(_secrets_in_memory())))
        case "note":
            context.note("The wool is a little short.")
            context.note("The wool is a little short.")


def let_go_on(workspace: Path) -> None:
    """Let the step that waits, or the next that will, go on."""
    (workspace / _GO_ON).touch()


def _wait_to_go_on(root: Path) -> None:
    wait_until((root / _GO_ON).exists)
    (root / _GO_ON).unlink()


def _secrets_in_memory() -> set[str]:
    """Hashes of all secrets in this process's memory, including its first environment."""
    found = set()
    with Path("/proc/self/mem").open("rb", buffering=0) as memory:
        for line in Path("/proc/self/maps").read_text().splitlines():
            area, rights, *_ = line.split()
            start, end = (int(address, 16) for address in area.split("-"))
            if rights.startswith("r"):
                # the kernel's own areas cannot be read
                with suppress(OSError, ValueError, OverflowError):
                    memory.seek(start)
                    found |= {secret_hash(s) for s in SECRET.findall(memory.read(end - start))}
    return found


def secret_hash(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def _pause_once(root: Path) -> None:
    """Pause the job once; continue the second time."""
    mark = root / "paused"
    if not mark.exists():
        mark.touch()
        raise NotBefore("The sheep is not shorn yet.", until_s=time.time() + 0.3)


def _sleep_as_a_grandchild(root: Path) -> None:
    """Start ``sleep`` as ffmpeg is started, write down its process id, and wait for it."""
    process = start_process(
        ["sleep", "600"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        confinement=None,
    )
    _wait_for(root, process)


def _wait_for(root: Path, process: subprocess.Popen[bytes]) -> None:
    (root / "grandchild.pid").write_text(str(process.pid))
    process.wait()


def _burn(context: StepContext[Wool], seconds: float = 20.0) -> None:
    """Keep a core busy, and report progress as often as possible."""
    began = time.monotonic()
    while (spent := time.monotonic() - began) < seconds:
        hashlib.sha512(bytes(100_000)).digest()
        context.progress(spent / seconds)


def _write_log(root: Path, entry: str) -> None:
    with (root / "steps.log").open("a") as log:
        log.write(f"{entry}\n")
