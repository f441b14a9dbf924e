"""YouTube tokens: valid when returned, refreshed once, bound to their user."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.app.errors import NotConfigured, NotConnected, ReconnectNeeded, YouTubeUnreachable
from backend.app.publishing.youtube.tokens import MARGIN_S
from backend.app.store.accounts.youtube import YouTubeStore
from tests.patience import PATIENCE_S, wait_until

from ..stand_ins.connected import NEW_KEY, OLD_KEY, House
from ..stand_ins.google import HTML, IN_TROUBLE, Google, oauth_error
from ..stand_ins.local_server import Response

# Enough for all callers to start before the first returns, on a slow machine
REFRESH_DELAY_S = 0.5


def test_valid_token_is_returned_unchanged(house: House, google: Google) -> None:
    house.connect("ada", good_for_s=MARGIN_S + 30)
    assert house.connections().access_token("ada") == "ya29.first-of-ada"
    assert google.refreshes == []


def test_expiring_token_is_refreshed(house: House, google: Google) -> None:
    grant = house.connect("ada", good_for_s=MARGIN_S - 1)
    fresh = house.connections().access_token("ada")
    assert fresh == grant.access_tokens[-1] != "ya29.first-of-ada"
    assert house.connections().access_token("ada") == fresh
    assert google.refreshes == [grant.refresh_token]


def test_token_lasts_a_minute_at_least(house: House, google: Google) -> None:
    grant = house.connect("ada", good_for_s=55)
    house.connections().access_token("ada")
    assert google.refreshes == [grant.refresh_token]


def test_rejected_token_is_refreshed_before_its_expiry(house: House, google: Google) -> None:
    grant = house.connect("ada", good_for_s=3600)
    connections = house.connections()
    fresh = connections.access_token("ada", "ya29.first-of-ada")
    assert fresh == grant.access_tokens[-1] != "ya29.first-of-ada"
    # A later caller that has the old token gets the current one.
    assert connections.access_token("ada", "ya29.first-of-ada") == fresh
    assert len(google.refreshes) == 1


def test_new_refresh_token_replaces_the_old_one(house: House, google: Google) -> None:
    google.rotates, google.expires_in_s = True, 0
    grant = house.connect("ada")
    for _ in range(3):
        house.connections().access_token("ada")
    assert len(set(google.refreshes)) == 3
    assert grant.refresh_token not in google.refreshes


def test_concurrent_threads_refresh_once(house: House, google: Google) -> None:
    house.connect("ada")
    google.refresh_delay_s = REFRESH_DELAY_S
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return house.connections().access_token("ada")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(google.refreshes) == 1


CHILD = """
import sys
from backend.app.accounts.sealing import Seal
from backend.app.wiring.publishing import youtube_connections
from backend.app.settings import Settings
from backend.app.store.database import open_database
settings = Settings(_env_file=None)
database = open_database(settings.database_url, migrate=False)
keys = settings.tokens_encryption_key.get_secret_value().split(",")
connections = youtube_connections(settings, database, Seal(keys))
print("ready", flush=True)
sys.stdin.readline()
print(connections.access_token("ada"), flush=True)
"""


def test_concurrent_processes_refresh_once(house: House, google: Google) -> None:
    house.connect("ada")
    google.refresh_delay_s = REFRESH_DELAY_S
    children = [_child(house) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    answers = [child.communicate(timeout=PATIENCE_S)[0] for child in _start(children)]
    assert len(set(answers)) == 1
    assert answers[0].startswith("ya29.canary-access")
    assert len(google.refreshes) == 1


def _child(house: House) -> subprocess.Popen[str]:
    settings = house.settings
    environment = {
        "DATABASE_URL": settings.database_url or "",
        "TOKENS_ENCRYPTION_KEY": OLD_KEY,
        "GOOGLE_CLIENT_SECRETS": str(settings.google_client_secrets),
        "GOOGLE_ISSUER": settings.google_issuer,
        "YOUTUBE_API_BASE": settings.youtube_api_base,
        "PYTHONPATH": ".",
    }
    return subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _start(children: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Call each in a process; start all before reading any result."""
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return children


def test_refresh_lock_expires_after_crash(house: House, google: Google) -> None:
    house.connect("ada")
    store = YouTubeStore(house.database)
    assert store.claim_refresh("ada", house.row("ada").sealed, hold_s=60.0)
    assert not store.claim_refresh("ada", house.row("ada").sealed, hold_s=60.0)
    house.change("ada", refreshing_until_s=0.0)  # a minute later, the lock has expired
    assert house.connections().access_token("ada").startswith("ya29.canary-access")
    assert len(google.refreshes) == 1


def test_refresh_does_not_overwrite_a_replaced_connection(house: House, google: Google) -> None:
    house.connect("ada")
    google.refresh_may_end = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(house.connections().access_token, "ada")
        wait_until(lambda: google.refreshes)
        house.connect("ada", good_for_s=3600)
        google.refresh_may_end.set()
        replaced = house.row("ada").sealed
        assert token.result() == "ya29.first-of-ada"
    assert house.row("ada").sealed == replaced


def test_dead_grant_does_not_end_a_replaced_connection(house: House, google: Google) -> None:
    house.connect("ada").is_revoked = True
    google.refresh_may_end = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(house.connections().access_token, "ada")
        wait_until(lambda: google.refreshes)
        house.connect("ada", good_for_s=3600)
        google.refresh_may_end.set()
        assert token.result() == "ya29.first-of-ada"
    assert not house.connections().status("ada").needs_reconnect


@pytest.mark.parametrize("word", ["invalid_grant", "deleted_client", "admin_policy_enforced"])
def test_dead_grant_needs_reconnect_and_is_not_retried(
    house: House, google: Google, word: str
) -> None:
    house.connect("ada")
    house.connect("bob")
    google.token_faults = [oauth_error(word)]
    for _ in range(2):
        with pytest.raises(ReconnectNeeded) as caught:
            house.connections().access_token("ada")
    assert "Connect YouTube again" in caught.value.hint
    assert house.connections().status("ada").needs_reconnect
    assert len(google.refreshes) == 1
    # Other users are not affected.
    assert not house.connections().status("bob").needs_reconnect
    assert house.connections().access_token("bob").startswith("ya29.")


def test_new_connection_replaces_a_dead_one(house: House, google: Google) -> None:
    house.connect("ada").is_revoked = True
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")
    house.connect("ada")
    assert house.connections().access_token("ada").startswith("ya29.canary-access")


@pytest.mark.parametrize(
    "trouble",
    [
        IN_TROUBLE,
        HTML,
        Response(None),
        Response(429, b"<html>"),
        Response(200, b"[]"),
        Response(200, b"{}"),
        Response(200, b'{"access_token": "a", "expires_in": "soon"}'),
        oauth_error("temporarily_unavailable"),
        oauth_error("a word of next year"),
    ],
)
def test_google_failure_keeps_the_connection(
    house: House, google: Google, trouble: Response
) -> None:
    house.connect("ada")
    google.token_faults = [trouble]
    with pytest.raises(YouTubeUnreachable):
        house.connections().access_token("ada")
    assert not house.connections().status("ada").needs_reconnect
    # The next user need not wait for it.
    assert house.connections().access_token("ada").startswith("ya29.canary-access")


def test_unknown_client_is_a_configuration_error(house: House, google: Google) -> None:
    house.connect("ada")
    google.token_faults = [oauth_error("invalid_client", 401)]
    with pytest.raises(NotConfigured, match="GOOGLE_CLIENT_SECRETS"):
        house.connections().access_token("ada")
    assert not house.connections().status("ada").needs_reconnect


def test_another_users_row_does_not_decrypt(house: House) -> None:
    house.connect("ada", good_for_s=3600)
    house.connect("bob", good_for_s=3600)
    house.change("bob", sealed=house.row("ada").sealed)
    assert house.connections().status("bob").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("bob")
    assert house.connections().access_token("ada") == "ya29.first-of-ada"


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA" + "A" * 94, "é" * 100])
def test_damaged_row_needs_reconnect(house: House, sealed: str) -> None:
    house.connect("ada", good_for_s=3600)
    house.change("ada", sealed=sealed)
    house.connections().reencrypt()
    assert house.connections().status("ada").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")


def test_missing_connection_is_reported(house: House) -> None:
    with pytest.raises(NotConnected):
        house.connections().access_token("ada")


def test_old_key_can_be_removed_after_reencryption(house: House) -> None:
    house.connect("ada", good_for_s=3600)
    assert house.connections(NEW_KEY).status("ada").needs_reconnect
    house.connections(NEW_KEY, OLD_KEY).reencrypt()
    assert house.connections(NEW_KEY).access_token("ada") == "ya29.first-of-ada"
    assert house.connections(OLD_KEY).status("ada").needs_reconnect


def test_reencryption_skips_tokens_being_refreshed(
    house: House,
) -> None:
    house.connect("ada")
    house.change("ada", refreshing_until_s=4e9)
    before = house.row("ada").sealed
    house.connections(NEW_KEY, OLD_KEY).reencrypt()
    assert house.row("ada").sealed == before
