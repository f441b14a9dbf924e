"""Tokens of YouTube: good when they are handed out, refreshed once, worthless in other hands."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.app.errors import NotConfigured, NotConnected, ReconnectNeeded, YouTubeUnreachable
from backend.app.publishing.youtube_tokens import MARGIN_S
from backend.app.store.youtube import YouTubeStore

from .connected import NEW_KEY, OLD_KEY, House
from .google_stand_in import HTML, IN_TROUBLE, Google, oauth_error
from .local_server import Told

# Enough for a slow machine to get all callers to the door before the first comes out of it
THINKS_S = 0.5


def test_a_token_that_lasts_is_handed_out_as_it_is(house: House, google: Google) -> None:
    house.connect("ada", good_for_s=MARGIN_S + 30)
    assert house.connections().access_token("ada") == "ya29.first-of-ada"
    assert google.refreshes == []


def test_a_token_about_to_expire_is_refreshed_first(house: House, google: Google) -> None:
    grant = house.connect("ada", good_for_s=MARGIN_S - 1)
    fresh = house.connections().access_token("ada")
    assert fresh == grant.access_tokens[-1] != "ya29.first-of-ada"
    assert house.connections().access_token("ada") == fresh
    assert google.refreshes == [grant.refresh_token]


def test_a_rejected_token_is_refreshed_however_long_it_would_last(
    house: House, google: Google
) -> None:
    grant = house.connect("ada", good_for_s=3600)
    connections = house.connections()
    fresh = connections.access_token("ada", "ya29.first-of-ada")
    assert fresh == grant.access_tokens[-1] != "ya29.first-of-ada"
    # Who comes later with the old one gets what is there by now
    assert connections.access_token("ada", "ya29.first-of-ada") == fresh
    assert len(google.refreshes) == 1


def test_a_new_refresh_token_takes_the_place_of_the_old_one(house: House, google: Google) -> None:
    google.rotates, google.expires_in_s = True, 0
    grant = house.connect("ada")
    for _ in range(3):
        house.connections().access_token("ada")
    assert len(set(google.refreshes)) == 3
    assert grant.refresh_token not in google.refreshes


def test_threads_that_need_a_token_at_once_refresh_it_once(house: House, google: Google) -> None:
    house.connect("ada")
    google.thinks_s = THINKS_S
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
from backend.app.publishing.youtube_connection import youtube_connections
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


def test_processes_that_need_a_token_at_once_refresh_it_once(house: House, google: Google) -> None:
    house.connect("ada")
    google.thinks_s = THINKS_S
    children = [_child(house) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    answers = [child.communicate(timeout=30)[0] for child in _told(children)]
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


def _told(children: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """All of them are told to go before any is listened to."""
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return children


def test_who_died_in_the_middle_of_a_refresh_holds_the_others_up_for_a_while_only(
    house: House, google: Google
) -> None:
    house.connect("ada")
    store = YouTubeStore(house.database)
    assert store.claim_refresh("ada", house.row("ada").sealed, hold_s=0.3)
    assert not store.claim_refresh("ada", house.row("ada").sealed, hold_s=0.3)
    assert house.connections().access_token("ada").startswith("ya29.canary-access")
    assert len(google.refreshes) == 1


def test_a_connection_replaced_during_a_refresh_is_not_overwritten(
    house: House, google: Google
) -> None:
    house.connect("ada")
    google.thinks_s = THINKS_S
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(house.connections().access_token, "ada")
        _until(lambda: bool(google.refreshes))
        house.connect("ada", good_for_s=3600)
        replaced = house.row("ada").sealed
        assert asked.result() == "ya29.first-of-ada"
    assert house.row("ada").sealed == replaced


def test_a_grant_that_died_while_the_connection_was_replaced_ends_nothing(
    house: House, google: Google
) -> None:
    house.connect("ada").is_revoked = True
    google.thinks_s = THINKS_S
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(house.connections().access_token, "ada")
        _until(lambda: bool(google.refreshes))
        house.connect("ada", good_for_s=3600)
        assert asked.result() == "ya29.first-of-ada"
    assert not house.connections().status("ada").needs_reconnect


def _until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came true")


@pytest.mark.parametrize("word", ["invalid_grant", "deleted_client", "admin_policy_enforced"])
def test_a_dead_grant_needs_a_new_connection_and_is_asked_about_once(
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
    # and it hurts nobody else
    assert not house.connections().status("bob").needs_reconnect
    assert house.connections().access_token("bob").startswith("ya29.")


def test_a_new_connection_makes_good_a_dead_one(house: House, google: Google) -> None:
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
        Told(None),
        Told(429, b"<html>"),
        Told(200, b"[]"),
        Told(200, b"{}"),
        Told(200, b'{"access_token": "a", "expires_in": "soon"}'),
        oauth_error("temporarily_unavailable"),
        oauth_error("a word of next year"),
    ],
)
def test_google_in_trouble_ends_nothing(house: House, google: Google, trouble: Told) -> None:
    house.connect("ada")
    google.token_faults = [trouble]
    with pytest.raises(YouTubeUnreachable):
        house.connections().access_token("ada")
    assert not house.connections().status("ada").needs_reconnect
    # The next one need not wait for it
    assert house.connections().access_token("ada").startswith("ya29.canary-access")


def test_a_client_that_google_does_not_know_is_the_servers_fault(
    house: House, google: Google
) -> None:
    house.connect("ada")
    google.token_faults = [oauth_error("invalid_client", 401)]
    with pytest.raises(NotConfigured, match="GOOGLE_CLIENT_SECRETS"):
        house.connections().access_token("ada")
    assert not house.connections().status("ada").needs_reconnect


def test_nobody_is_connected_by_somebody_elses_row(house: House) -> None:
    house.connect("ada", good_for_s=3600)
    house.connect("bob", good_for_s=3600)
    house.change("bob", sealed=house.row("ada").sealed)
    assert house.connections().status("bob").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("bob")
    assert house.connections().access_token("ada") == "ya29.first-of-ada"


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA" + "A" * 94, "é" * 100])
def test_a_broken_row_needs_a_new_connection(house: House, sealed: str) -> None:
    house.connect("ada", good_for_s=3600)
    house.change("ada", sealed=sealed)
    house.connections().seal_anew()
    assert house.connections().status("ada").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")


def test_who_is_not_connected_is_told_so(house: House) -> None:
    with pytest.raises(NotConnected):
        house.connections().access_token("ada")


def test_an_old_key_may_go_once_all_is_sealed_under_the_new_one(house: House) -> None:
    house.connect("ada", good_for_s=3600)
    assert house.connections(NEW_KEY).status("ada").needs_reconnect
    house.connections(NEW_KEY, OLD_KEY).seal_anew()
    assert house.connections(NEW_KEY).access_token("ada") == "ya29.first-of-ada"
    assert house.connections(OLD_KEY).status("ada").needs_reconnect


def test_tokens_that_are_being_refreshed_are_not_sealed_anew_under_somebodys_hands(
    house: House,
) -> None:
    house.connect("ada")
    house.change("ada", refreshing_until_s=4e9)
    before = house.row("ada").sealed
    house.connections(NEW_KEY, OLD_KEY).seal_anew()
    assert house.row("ada").sealed == before
