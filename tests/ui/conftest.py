"""The real thing for the browser: API and pages on free ports, with data of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from composer.files import write_crate
from tests.oidc.running import Provider, provider_running, write_client_secrets

ROOT = Path(__file__).parents[2]
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
# Both servers import numpy, scipy and their frameworks: ten seconds on a machine that is busy.
START_S = 120.0
# A page drawn by a script that asks the API: a loaded machine takes seconds for it.
PATIENCE_MS = 30_000
SONG_S = 20.0

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here drives a browser; where there is none, that is a failure in CI only."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="no Chromium: install it, or set CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    assert CHROMIUM, "the browser tests need Chromium: install it, or set CHROMIUM to its path"
    quiet = ["--no-sandbox", "--disable-gpu", "--mute-audio", "--disable-background-networking"]
    sound = "--autoplay-policy=no-user-gesture-required"
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*quiet, sound]}


@pytest.fixture(scope="session")
def base_url(segue: Segue) -> str:
    """Where ``page.goto("/")`` leads."""
    return segue.url


@dataclass(frozen=True, slots=True)
class Segue:
    """Where the two servers answer, and where their data lies."""

    url: str
    api_url: str
    storage: Path


@pytest.fixture(scope="session")
def google() -> Iterator[Provider]:
    """Who stands where Google does when somebody signs in."""
    with provider_running() as running:
        yield running


@pytest.fixture(scope="session")
def segue(tmp_path_factory: pytest.TempPathFactory, google: Provider) -> Iterator[Segue]:
    """Both servers, with a provider of OpenID Connect for the way in."""
    folder = tmp_path_factory.mktemp("segue")
    secrets = str(write_client_secrets(folder))
    known = {"GOOGLE_CLIENT_SECRETS": secrets, "GOOGLE_ISSUER": google.issuer}
    with segue_running(folder, known) as running:
        yield running


@contextmanager
def segue_running(folder: Path, settings: Mapping[str, str]) -> Iterator[Segue]:
    """Start both servers as the README says, and end them with all they started."""
    api_port, ui_port = _free_port(), _free_port()
    running = Segue(
        f"http://localhost:{ui_port}", f"http://localhost:{api_port}", folder / "storage"
    )
    command = [sys.executable, "-m", "tools.serve"]
    command += ["--api-port", str(api_port), "--ui-port", str(ui_port)]
    own = {"STORAGE_ROOT": str(running.storage), "PYTHONWARNINGS": "default"}
    environment = {**os.environ, **own, **settings}
    with (folder / "log.txt").open("wb") as log:
        servers = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"{running.api_url}/health", servers, folder / "log.txt")
            _wait_for(f"{running.url}/_stcore/health", servers, folder / "log.txt")
            yield running
        finally:
            servers.send_signal(signal.SIGTERM)
            servers.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, servers: subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + START_S
    while monotonic() < deadline and servers.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            sleep(0.3)
        else:
            return
    pytest.fail(f"{url} did not answer:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three short songs that the project composes, each in another format, and a picture."""
    folder = tmp_path_factory.mktemp("crate")
    return write_crate(folder, n_songs=3, seed=4, duration_s=SONG_S, formats=["mp3", "flac", "m4a"])


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def signed_in(page: Page, segue: Segue, request: pytest.FixtureRequest) -> Page:
    """A page of somebody who has just made an account."""
    page.goto(segue.url)
    sign_up(page, f"{request.node.name[:40]}@example.org".replace("[", "-").replace("]", ""))
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    return page


def sign_up(page: Page, email: str, password: str = "correct horse battery") -> None:
    page.get_by_role("tab", name="Sign up").click()
    panel = page.get_by_role("tabpanel", name="Sign up")
    panel.get_by_label("Email").fill(email)
    panel.get_by_label("Password", exact=True).fill(password)
    panel.get_by_role("button", name="Make my account").click()


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_role("tab", name="Sign in").click()
    panel = page.get_by_role("tabpanel", name="Sign in")
    panel.get_by_label("Email").fill(email)
    panel.get_by_label("Password", exact=True).fill(password)
    panel.get_by_role("button", name="Sign in", exact=True).click()
