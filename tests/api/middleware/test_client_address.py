"""Which senders may state the client's address in a header."""

from __future__ import annotations

from types import SimpleNamespace

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from backend.app.accounts.attempts import PER_ADDRESS
from backend.app.api.middleware.client_address import ClientAddress
from backend.app.contract.accounts import FRONTEND_HEADER
from backend.app.errors import BadSettings
from backend.app.wiring.settings.checks import check_server_settings

from ..conftest import serving
from ..wire import served

SECRET = "wool is warm, and wool is dry"
LOOPBACK, PROXY, VISITOR = "127.0.0.1", "10.0.0.7", "203.0.113.9"


def app_that_shows_addresses(*trusted: str) -> FastAPI:
    app = FastAPI()
    app.state.services = SimpleNamespace(frontend_secret=SECRET)
    app.add_middleware(ClientAddress, trusted_proxies=trusted)

    @app.get("/")
    def address(request: Request) -> str:
        return request.client.host

    return app


def seen(peer: str, forwarded: str, *, secret: str = "", trusted: tuple[str, ...] = ()) -> str:
    """Return the address that a route sees."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    if secret:
        headers[FRONTEND_HEADER] = secret
    client = TestClient(app_that_shows_addresses(*trusted), client=(peer, 40_000))
    return client.get("/", headers=headers).json()


@pytest.mark.parametrize("peer", [LOOPBACK, PROXY, "::1"])
@pytest.mark.parametrize(
    "forwarded",
    ["", VISITOR, f"{VISITOR}:55", f"[2001:db8::1]:55, {VISITOR}", LOOPBACK, "x", PROXY],
)
@pytest.mark.parametrize("secret", ["", "wrong"])
def test_address_without_proof_is_ignored(peer: str, forwarded: str, secret: str):
    assert seen(peer, forwarded, secret=secret) == peer


@pytest.mark.parametrize("peer", [LOOPBACK, PROXY])
@pytest.mark.parametrize("browser", [VISITOR, "2001:db8::1"])
def test_app_is_believed(peer: str, browser: str):
    assert seen(peer, browser, secret=SECRET) == browser


def test_malformed_address_of_the_app_is_ignored():
    assert seen(LOOPBACK, f"{VISITOR}, {PROXY}", secret=SECRET) == LOOPBACK


@pytest.mark.parametrize("trusted", [(PROXY,), ("10.0.0.0/29",), ("192.0.2.1", PROXY)])
def test_trusted_proxy_is_believed(trusted: tuple[str, ...]):
    assert seen(PROXY, VISITOR, trusted=trusted) == VISITOR
    assert seen(PROXY, f"192.0.2.66, {VISITOR}", trusted=trusted) == VISITOR, "not what it was told"
    assert seen("10.0.0.8", VISITOR, trusted=trusted) == "10.0.0.8"


def test_proxy_on_this_machine_is_believed_if_trusted():
    assert seen(LOOPBACK, f"192.0.2.66, {VISITOR}", trusted=(LOOPBACK,)) == VISITOR


@pytest.mark.parametrize("believed", ["", LOOPBACK, "*"])
def test_uvicorns_own_option_changes_nothing(monkeypatch: pytest.MonkeyPatch, believed: str):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", believed)
    proxy = "127.0.0.2"
    with served(app_that_shows_addresses(proxy)) as port:
        assert seen_from(LOOPBACK, port) == LOOPBACK
        assert seen_from(proxy, port) == VISITOR


def seen_from(peer: str, port: int) -> str:
    """Return the address that a route of a real server sees."""
    transport = httpx2.HTTPTransport(local_address=peer)
    with httpx2.Client(transport=transport, headers={"X-Forwarded-For": VISITOR}) as client:
        return client.get(f"http://{LOOPBACK}:{port}/").json()


def sign_in(client: TestClient, number: int, **headers: str) -> int:
    form = {"username": f"nobody{number}@example.org", "password": "correct horse battery"}
    headers["X-Forwarded-For"] = f"198.51.100.{number}"
    return client.post("/auth/token", data=form, headers=headers).status_code


def test_made_up_addresses_do_not_lift_the_limit_of_sign_ins(settings):
    with serving(settings) as client:
        made_up = [sign_in(client, number) for number in range(PER_ADDRESS + 1)]
        secret = (settings.storage_root / "secrets" / "frontend_secret").read_text()
        from_app = sign_in(client, 99, **{FRONTEND_HEADER: secret})
    assert made_up == [401] * PER_ADDRESS + [429]
    assert from_app == 401


def test_secret_is_made_for_the_owner_only(settings):
    with serving(settings):
        file = settings.storage_root / "secrets" / "frontend_secret"
        assert len(file.read_text()) == 64
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.1/33", "*", "10.0.0.1;10.0.0.2"])
def test_unreadable_proxy_prevents_the_start(settings, wrong: str):
    bad = settings.model_copy(update={"trusted_proxies": f"127.0.0.1, {wrong}"})
    with pytest.raises(BadSettings, match="TRUSTED_PROXIES"):
        check_server_settings(bad)
