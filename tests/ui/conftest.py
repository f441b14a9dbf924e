"""API and pages on free ports, with their own data, for a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from zlib import crc32

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from backend.app.contract.accounts import FRONTEND_HEADER
from composer.files import write_crate
from tests import ROOT
from tests.oidc.running import Provider, provider_running, write_client_secrets
from tests.patience import PATIENCE_S, wait_until
from tests.ports import free_port

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--mute-audio", "--disable-background-networking"),
    "--autoplay-policy=no-user-gesture-required",
]
# Each page calls the API: a loaded machine takes seconds for it, a much slower one half a minute.
TIMEOUT_MS = 120_000
SONG_S = 16.0  # three chapters of ten seconds

expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests; without a browser they fail in CI and are skipped elsewhere."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        # Streamlit can lose a click that coincides with a redraw: the test clicks a second time.
        item.add_marker(pytest.mark.flaky(reruns=1))
        if CHROMIUM is None and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="no Chromium: install it, or set CHROMIUM"))


@dataclass(frozen=True, slots=True)
class Segue:
    """The addresses of the two servers, and their data folder."""

    url: str
    api_url: str
    storage: Path


@pytest.fixture(scope="package")
def google() -> Iterator[Provider]:
    """A stand-in for Google's sign-in."""
    with provider_running() as running:
        yield running


@pytest.fixture(scope="package")
def segue(tmp_path_factory: pytest.TempPathFactory, google: Provider) -> Iterator[Segue]:
    """Both servers, with an OpenID Connect provider for sign-in."""
    folder = tmp_path_factory.mktemp("segue")
    secrets = str(write_client_secrets(folder))
    known = {"GOOGLE_CLIENT_SECRETS": secrets, "GOOGLE_ISSUER": google.issuer}
    with segue_running(folder, known) as running:
        yield running


@contextmanager
def segue_running(folder: Path, settings: Mapping[str, str]) -> Iterator[Segue]:
    """Start both servers as the README says; stop them and their children."""
    api_port, ui_port = free_port(), free_port()
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
            servers.wait(timeout=PATIENCE_S)


def _wait_for(url: str, servers: subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + PATIENCE_S
    while monotonic() < deadline and servers.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            sleep(0.3)
        else:
            return
    pytest.fail(f"{url} did not answer:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="package")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three short composed songs in different formats, and a picture."""
    folder = tmp_path_factory.mktemp("crate")
    return write_crate(folder, n_songs=3, seed=4, duration_s=SONG_S, formats=["mp3", "flac", "m4a"])


@pytest.fixture(scope="package")
def profile(tmp_path_factory: pytest.TempPathFactory, segue: Segue) -> Iterator[BrowserContext]:
    """One browser for the tests of this folder.

    Its driver runs an event loop, in which tests of other folders could not have their own.
    """
    assert CHROMIUM, "the browser tests need Chromium: install it, or set CHROMIUM to its path"
    folder = tmp_path_factory.mktemp("profile")
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            folder, base_url=segue.url, executable_path=CHROMIUM, args=FLAGS
        )
        context.set_default_timeout(TIMEOUT_MS)
        yield context
        context.close()


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """The profile without the cookies and stored values of earlier tests."""
    yield profile
    for page in profile.pages:
        page.evaluate("() => location.protocol.startsWith('http') && localStorage.clear()")
    profile.clear_cookies()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The only open page; the browser would end with its last one."""
    page = context.new_page()
    for other in context.pages:
        if other is not page:
            other.close()
    return page


@pytest.fixture
def new_email() -> str:
    """The address of a user who does not exist yet, also where a test is repeated."""
    return f"{token_hex(6)}@example.org"


@pytest.fixture
def signed_in(page: Page, segue: Segue, new_email: str) -> Page:
    """A page of a new user who signed up without visiting the sign-in page."""
    sign_in_by_cookie(page, segue, new_email)
    page.goto(segue.url)
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    return page


def sign_in_by_cookie(page: Page, segue: Segue, email: str) -> None:
    """Create an account over HTTP, from an address of its own, and give its cookie to the browser.

    One address may create twenty accounts an hour.
    """
    account = {"email": email, "password": "correct horse battery"}
    secret = (segue.storage / "secrets" / "frontend_secret").read_text()
    address = {
        "X-Forwarded-For": str(IPv4Address(crc32(email.encode()))),
        FRONTEND_HEADER: secret,
    }
    with httpx2.Client(base_url=segue.api_url, timeout=PATIENCE_S) as http:
        code = http.post("/auth/register", json=account, headers=address).json()["session_code"]
        answer = http.post("/auth/session", json={"code": code})
    session = answer.raise_for_status().cookies["segue_session"]
    page.context.add_cookies([{"name": "segue_session", "value": session, "url": segue.url}])


def sign_up(page: Page, email: str, password: str = "correct horse battery") -> None:
    page.get_by_role("tab", name="Sign up").click()
    panel = page.get_by_role("tabpanel", name="Sign up")
    panel.get_by_label("Email").fill(email)
    panel.get_by_label("Password", exact=True).fill(password)
    panel.get_by_role("button", name="Create account").click()


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_role("tab", name="Sign in").click()
    panel = page.get_by_role("tabpanel", name="Sign in")
    panel.get_by_label("Email").fill(email)
    panel.get_by_label("Password", exact=True).fill(password)
    panel.get_by_role("button", name="Sign in", exact=True).click()


def wait_for_cookie(page: Page) -> None:
    """Wait for the session cookie, which comes after the page and would outlive a deletion."""
    wait_until(
        lambda: any(cookie["name"] == "segue_session" for cookie in page.context.cookies()),
        what="for the session cookie",
    )
