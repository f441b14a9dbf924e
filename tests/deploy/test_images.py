"""The images: rules of a good Dockerfile, and their commands run as plain processes."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import ROOT, redis_server
from tests.deploy.images import TARGETS, command, health_check, last, stages
from tests.patience import PATIENCE_S, wait_until
from tests.ports import free_port
from tools import serve

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_every_image_runs_as_its_own_user_and_is_checked(target: str) -> None:
    user = last(target, "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), "a number, so that Kubernetes can see it"
    assert health_check(target)
    assert last(target, "ENTRYPOINT") == '["tini", "--"]'
    assert command(target)[:2] == ["python", "-m"]


def test_base_images_are_pinned() -> None:
    bases = {one.value for stage in stages().values() for one in stage if one.name == "FROM"}
    assert bases == {"python:${PYTHON_VERSION}-slim-bookworm"}
    assert re.search(r"^ARG PYTHON_VERSION=3\.1[1-4]$", DOCKERFILE, re.MULTILINE)


def test_packages_leave_no_caches() -> None:
    assert "PIP_NO_CACHE_DIR=1" in DOCKERFILE
    for apt in re.findall(r"apt-get install.*?(?=\n[A-Z])", DOCKERFILE, re.DOTALL):
        assert "--no-install-recommends" in apt
        assert "rm -rf /var/lib/apt/lists" in apt
    assert not re.search(r"^(ADD|SHELL|MAINTAINER) |\bsudo\b", DOCKERFILE, re.MULTILINE)


def test_everything_that_is_copied_is_sent_to_the_engine() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for line in copied for name in line.split()} == sent
    assert all((ROOT / name).exists() for name in sent)


@contextmanager
def running(argv: Sequence[str], folder: Path, **settings: str) -> Iterator[None]:
    """Run an image's command here, as its entry point would."""
    environment = {**os.environ, "STORAGE_ROOT": str(folder / "storage"), **settings}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def here(argv: Sequence[str], **ports: int) -> list[str]:
    """An image's command, with this Python and other ports."""
    moved = [re.sub(r"8000|8501", lambda found: str(ports[f"p{found[0]}"]), one) for one in argv]
    return [sys.executable if one == "python" else one for one in moved]


def becomes_healthy(argv: Sequence[str], **settings: str) -> bool:
    """Whether a health check passes within the time that tests wait."""
    environment = {**os.environ, **settings}

    def passes() -> bool:
        check = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True)
        return check.returncode == 0

    wait_until(passes, what="for the health check", every_s=0.2)
    return True


@pytest.mark.parametrize("target", ["api", "ui"])
def test_servers_become_healthy(target: str, tmp_path: Path) -> None:
    ports = {"p8000": free_port(), "p8501": free_port()}
    check = here(health_check(target), **ports)
    assert subprocess.run(check, cwd=ROOT, capture_output=True).returncode != 0
    with running(here(command(target), **ports), tmp_path):
        assert becomes_healthy(check)


def test_worker_becomes_healthy(tmp_path: Path, redis: redis_server.Server) -> None:
    settings = {
        "EXECUTOR": "celery",
        "REDIS_URL": redis.url,
        "STORAGE_ROOT": str(tmp_path / "storage"),
    }
    check = here(health_check("worker"))
    with running(here(command("worker")), tmp_path, **settings):
        assert becomes_healthy(check, **settings)


def test_image_limits_messages_as_the_launcher_does() -> None:
    limit = ("--ws-max-size", str(serve.MAX_MESSAGE_BYTES))
    assert limit in itertools.pairwise(command("api"))
