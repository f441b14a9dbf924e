"""The two setups whose files must be the same: one machine, and many."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.journey.server import PASSWORD, Server, Visitor
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.publishing.publishing_house import Alive
from tests.publishing.stand_ins.consent import consent
from tests.publishing.stand_ins.google import Google
from tests.publishing.stand_ins.youtube import YouTubeStandIn
from tests.publishing.stand_ins.youtube_model import Channel

from .services import InTurns, folder_of_machine, worker

EMAIL = "ada@example.org"
SECRETS = ("JWT_SECRET", "FRONTEND_SECRET", "TOKENS_ENCRYPTION_KEY")
#: Queues of the workers; the last has a (pretended) GPU.
QUEUES = (("interactive", "cpu"), ("cpu",), ("gpu", "net"))
_SERVE = ("-m", "tests.scale.serve")


@dataclass(frozen=True)
class Setup:
    """API processes with a user who has connected a channel."""

    servers: Sequence[Server]
    visitor: Visitor
    channel: Channel
    machines: Sequence[Path] = ()  # their storage folders


@contextmanager
def on_one_machine(root: Path, settings: Mapping[str, str]) -> Iterator[Setup]:
    """Threads, SQLite and files."""
    with ExitStack() as stack, publisher(root) as (google, youtube, more):
        server = Server(folder_of_machine(root, "one"), {**settings, **more}, command=_SERVE)
        yield Setup([server], signed_in(stack, [server], google), youtube.channel)


@contextmanager
def on_many_machines(root: Path, settings: Mapping[str, str]) -> Iterator[Setup]:
    """Two API processes and three workers without a common folder."""
    common = {**settings, **{name: secrets.token_hex(32) for name in SECRETS}}
    with ExitStack() as stack, publisher(root) as (google, youtube, more):
        port = free_port()
        common.update(more, API_BASE=f"http://localhost:{port}")  # as behind a proxy
        servers = [
            Server(folder_of_machine(root, name), common, port, _SERVE)
            for name, port in (("api-1", port), ("api-2", 0))
        ]
        visitor = signed_in(stack, servers, google)
        machines = [server.storage for server in servers]
        workers = []
        for number, queues in enumerate(QUEUES):
            machines.append(folder_of_machine(root, f"worker-{number}"))
            own = {**common, **pretended_gpu(root)} if "gpu" in queues else common
            workers.append(stack.enter_context(worker(machines[-1], own, queues)))
        for process in workers:
            stack.callback(process.terminate)  # all at once, before each is waited for
        yield Setup(servers, visitor, youtube.channel, machines)


def signed_in(stack: ExitStack, servers: Sequence[Server], google: Google) -> Visitor:
    """Start the servers; sign a user in who sends requests to them in turns."""
    for server in servers:
        stack.callback(server.stop)
        server.start()
    base, transport = servers[0].base, InTurns(servers)
    client = httpx2.Client(base_url=base, transport=transport, timeout=PATIENCE_S)
    visitor = Visitor(stack.enter_context(client), EMAIL)
    consent(client, google, email=EMAIL, password=PASSWORD)
    return visitor


@contextmanager
def publisher(folder: Path) -> Iterator[tuple[Google, YouTubeStandIn, dict[str, str]]]:
    """Stand-ins for Google and YouTube, and the settings that lead there."""
    with Google() as google, YouTubeStandIn(Channel(), Alive(google)) as youtube:
        yield (
            google,
            youtube,
            {
                "GOOGLE_CLIENT_SECRETS": str(google.secrets_file(folder)),
                "GOOGLE_ISSUER": google.url,
                "YOUTUBE_API_BASE": youtube.url,
            },
        )


def pretended_gpu(root: Path) -> dict[str, str]:
    """Settings of a worker whose driver answers that there is a GPU; torch finds none."""
    driver = root / "bin" / "nvidia-smi"
    driver.parent.mkdir()
    driver.write_text("#!/bin/sh\necho 'Tesla T4, 100, 15360'\n")
    driver.chmod(0o755)
    return {"PATH": f"{driver.parent}:{os.environ['PATH']}"}
