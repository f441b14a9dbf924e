"""Staying signed in, with a clock that the test moves."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.app.accounts import passwords, sign_in
from backend.app.accounts.passwords import Passwords
from backend.app.accounts.sign_in import Accounts
from backend.app.accounts.tokens import AccessTokens
from backend.app.errors import Conflict, NotSignedIn, StoreBusy, TooManyAttempts
from backend.app.store.accounts import AccountStore
from backend.app.store.credentials import CredentialStore
from backend.app.store.database import Database, open_database

EMAIL, PASSWORD = "ann@example.org", "correct horse"
HERE = "203.0.113.7"


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def timestamp(self) -> float:
        return self.moment.timestamp()

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/segue.db")
    yield opened
    opened.close()


@pytest.fixture
def accounts(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(passwords, "PASSES", 1)
    return Accounts(
        AccountStore(database),
        CredentialStore(database),
        Passwords(),
        AccessTokens("9f2c7b1e84d05a6fb3c1d97e60428aa5", now=clock.timestamp),
        now=clock.now,
    )


def test_the_first_account_is_the_administrators_and_no_other(accounts):
    first = accounts.register(EMAIL, PASSWORD)
    second = accounts.register("bea@example.org", PASSWORD)
    assert accounts.user(first.access_token).is_admin
    assert not accounts.user(second.access_token).is_admin


def test_an_email_has_one_account(accounts):
    accounts.register(EMAIL, PASSWORD)
    with pytest.raises(Conflict):
        accounts.register(EMAIL, "another password")


def test_an_access_token_lasts_a_quarter_of_an_hour_and_a_leeway(accounts, clock):
    token = accounts.register(EMAIL, PASSWORD).access_token
    clock.forward(minutes=15, seconds=29)
    assert accounts.user(token).email == EMAIL
    clock.forward(seconds=2)
    with pytest.raises(NotSignedIn):
        accounts.user(token)


def test_a_token_from_a_clock_half_a_minute_ahead_is_good(accounts, clock):
    token = accounts.register(EMAIL, PASSWORD).access_token
    clock.forward(seconds=-29)
    assert accounts.user(token).email == EMAIL
    clock.forward(seconds=-2)
    with pytest.raises(NotSignedIn):
        accounts.user(token)


def test_a_token_of_an_account_that_is_gone_is_no_good(accounts):
    stranger = AccessTokens("9f2c7b1e84d05a6fb3c1d97e60428aa5").issue("nobody")
    with pytest.raises(NotSignedIn):
        accounts.user(stranger)


def test_a_refresh_token_is_traded_once_and_its_second_use_ends_the_family(accounts):
    first = accounts.register(EMAIL, PASSWORD).refresh_token
    second = accounts.refresh(first).refresh_token
    third = accounts.refresh(second).refresh_token
    with pytest.raises(NotSignedIn):
        accounts.refresh(first)  # the thief, or the victim: there is no telling which
    with pytest.raises(NotSignedIn):
        accounts.refresh(third)


def test_another_sign_in_of_the_same_account_outlives_a_stolen_family(accounts):
    stolen = accounts.register(EMAIL, PASSWORD).refresh_token
    phone = accounts.sign_in(EMAIL, PASSWORD, address=HERE).refresh_token
    accounts.refresh(stolen)
    with pytest.raises(NotSignedIn):
        accounts.refresh(stolen)
    assert accounts.refresh(phone).access_token


def test_of_many_who_trade_one_token_at_once_one_succeeds(accounts):
    token = accounts.register(EMAIL, PASSWORD).refresh_token
    traded: list[str] = []

    def trade() -> None:
        with contextlib.suppress(NotSignedIn):
            traded.append(accounts.refresh(token).access_token)

    threads = [threading.Thread(target=trade) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(traded) == 1


def test_a_refresh_token_lasts_thirty_days(accounts, clock):
    token = accounts.register(EMAIL, PASSWORD).refresh_token
    clock.forward(days=30, seconds=1)
    with pytest.raises(NotSignedIn):
        accounts.refresh(token)


def test_a_one_time_code_opens_one_session(accounts):
    code = accounts.register(EMAIL, PASSWORD).session_code
    session = accounts.open_session(code)
    assert accounts.user(accounts.access_by_session(session).access_token).email == EMAIL
    with pytest.raises(NotSignedIn):
        accounts.open_session(code)


def test_a_one_time_code_lasts_a_minute(accounts, clock):
    code = accounts.register(EMAIL, PASSWORD).session_code
    clock.forward(seconds=61)
    with pytest.raises(NotSignedIn):
        accounts.open_session(code)


def test_a_session_renews_for_thirty_days_and_hands_out_no_other_secret(accounts, clock):
    session = accounts.open_session(accounts.register(EMAIL, PASSWORD).session_code)
    clock.forward(days=29)
    renewed = accounts.access_by_session(session)
    assert renewed.refresh_token is None
    assert renewed.session_code is None
    clock.forward(days=2)
    with pytest.raises(NotSignedIn):
        accounts.access_by_session(session)


def test_signing_out_ends_the_session_and_the_refresh_token(accounts):
    credentials = accounts.register(EMAIL, PASSWORD)
    session = accounts.open_session(credentials.session_code)
    accounts.sign_out(refresh_token=credentials.refresh_token, session=session)
    with pytest.raises(NotSignedIn):
        accounts.refresh(credentials.refresh_token)
    with pytest.raises(NotSignedIn):
        accounts.access_by_session(session)


def _fail(accounts: Accounts, email: str = EMAIL, address: str = HERE) -> None:
    with pytest.raises(NotSignedIn):
        accounts.sign_in(email, "wrong", address=address)


@pytest.mark.parametrize("exists", [True, False])
def test_the_sixth_wrong_try_is_refused_unheard_whether_or_not_there_is_an_account(
    accounts, clock, exists
):
    if exists:
        accounts.register(EMAIL, PASSWORD)
    for _ in range(5):
        _fail(accounts)
    with pytest.raises(TooManyAttempts) as caught:
        accounts.sign_in(EMAIL, PASSWORD, address="198.51.100.1")
    assert caught.value.retry_after_s == 15 * 60
    clock.forward(minutes=15)
    if exists:
        assert accounts.sign_in(EMAIL, PASSWORD, address=HERE)


def test_an_address_that_tries_many_accounts_is_refused(accounts):
    accounts.register(EMAIL, PASSWORD)
    for n in range(20):
        _fail(accounts, f"{n}@example.org")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    assert accounts.sign_in(EMAIL, PASSWORD, address="198.51.100.1")


def test_success_starts_the_count_of_an_account_again(accounts):
    accounts.register(EMAIL, PASSWORD)
    for _ in range(3):
        for _ in range(4):
            _fail(accounts)
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)


def test_tries_sent_all_at_once_do_not_outrun_the_limit(accounts):
    accounts.register(EMAIL, PASSWORD)
    heard: list[bool] = []

    def guess() -> None:
        try:
            accounts.sign_in(EMAIL, "wrong", address=HERE)
        except NotSignedIn:
            heard.append(True)
        except TooManyAttempts:
            pass

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 5


def test_the_database_holds_no_secret_that_could_be_used(accounts, tmp_path):
    credentials = accounts.register(EMAIL, PASSWORD)
    session = accounts.open_session(credentials.session_code)
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("segue.db*"))
    assert EMAIL.encode() in kept
    for secret in (
        PASSWORD,
        credentials.access_token,
        credentials.refresh_token,
        credentials.session_code,
        session,
    ):
        assert secret.encode() not in kept


def test_what_has_expired_is_forgotten(accounts, clock, database):
    accounts.open_session(accounts.register(EMAIL, PASSWORD).session_code)
    _fail(accounts)
    clock.forward(days=31)
    accounts.forget_expired()
    with database.read() as session:
        for table in (
            "refresh_tokens",
            "sessions",
            "session_codes",
            "sign_in_failures",
            "registrations",
        ):
            rows = session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}")
            assert rows.scalar_one() == 0


def test_an_address_makes_twenty_accounts_an_hour(accounts, clock):
    for n in range(20):
        accounts.register(f"{n}@example.org", PASSWORD, address=HERE)
    with pytest.raises(TooManyAttempts) as caught:
        accounts.register(EMAIL, PASSWORD, address=HERE)
    assert caught.value.retry_after_s == 3600
    assert accounts.register("far@example.org", PASSWORD, address="198.51.100.1")
    assert accounts.sign_in("0@example.org", PASSWORD, address=HERE)  # signing in stays open
    clock.forward(hours=1)
    assert accounts.register(EMAIL, PASSWORD, address=HERE)


def test_who_cannot_have_a_turn_at_hashing_is_told_so(accounts, monkeypatch):
    monkeypatch.setattr(sign_in, "_HASHING_PATIENCE_S", 0.01)
    with accounts._hashing():
        with pytest.raises(StoreBusy):
            accounts.sign_in(EMAIL, PASSWORD, address=HERE)
        with pytest.raises(StoreBusy):
            accounts.register(EMAIL, PASSWORD, address=HERE)
    assert accounts.register(EMAIL, PASSWORD, address=HERE)
