"""Tokens, sessions and rate limits, with a controlled clock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.app.accounts import passwords, sign_in
from backend.app.accounts.own_account import OwnAccount
from backend.app.accounts.passwords import Passwords
from backend.app.accounts.sign_in import Accounts
from backend.app.accounts.tokens import AccessTokens
from backend.app.errors import (
    Conflict,
    InvalidRequest,
    NotSignedIn,
    StoreBusy,
    TooManyAttempts,
    WrongPassword,
)
from backend.app.store.accounts.accounts import AccountStore
from backend.app.store.accounts.credentials import CredentialStore
from backend.app.store.accounts.password_changes import PasswordStore
from backend.app.store.accounts.sign_ins import Holder
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


def test_only_the_first_account_is_admin(accounts):
    first = accounts.register(EMAIL, PASSWORD)
    second = accounts.register("bea@example.org", PASSWORD)
    assert accounts.user(first.access_token).is_admin
    assert not accounts.user(second.access_token).is_admin


def test_an_email_has_one_account(accounts):
    accounts.register(EMAIL, PASSWORD)
    with pytest.raises(Conflict):
        accounts.register(EMAIL, "another password")


def test_access_token_lasts_15_minutes_plus_leeway(accounts, clock):
    token = accounts.register(EMAIL, PASSWORD).access_token
    clock.forward(minutes=15, seconds=29)
    assert accounts.user(token).email == EMAIL
    clock.forward(seconds=2)
    with pytest.raises(NotSignedIn):
        accounts.user(token)


def test_token_from_a_clock_30_s_ahead_is_valid(accounts, clock):
    token = accounts.register(EMAIL, PASSWORD).access_token
    clock.forward(seconds=-29)
    assert accounts.user(token).email == EMAIL
    clock.forward(seconds=-2)
    with pytest.raises(NotSignedIn):
        accounts.user(token)


def test_token_of_a_deleted_account_is_refused(accounts):
    stranger = AccessTokens("9f2c7b1e84d05a6fb3c1d97e60428aa5").issue(Holder("nobody", "none"))
    with pytest.raises(NotSignedIn):
        accounts.user(stranger)


def test_reusing_a_refresh_token_revokes_its_family(accounts):
    first = accounts.register(EMAIL, PASSWORD).refresh_token
    second = accounts.refresh(first).refresh_token
    third = accounts.refresh(second).refresh_token
    with pytest.raises(NotSignedIn):
        # used again by the thief or the victim, which cannot be distinguished
        accounts.refresh(first)
    with pytest.raises(NotSignedIn):
        accounts.refresh(third)


def test_reuse_of_a_refresh_token_ends_its_session_too(accounts):
    first = accounts.register(EMAIL, PASSWORD).refresh_token
    thief = accounts.refresh(first)
    session = accounts.open_session(thief.session_code)
    with pytest.raises(NotSignedIn):
        accounts.refresh(first)
    with pytest.raises(NotSignedIn):
        accounts.access_by_session(session)


def test_other_sign_ins_survive_a_revoked_family(accounts):
    stolen = accounts.register(EMAIL, PASSWORD).refresh_token
    phone = accounts.sign_in(EMAIL, PASSWORD, address=HERE).refresh_token
    accounts.refresh(stolen)
    with pytest.raises(NotSignedIn):
        accounts.refresh(stolen)
    assert accounts.refresh(phone).access_token


def test_only_one_concurrent_refresh_succeeds(accounts):
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


def test_session_renews_for_thirty_days_without_other_secrets(accounts, clock):
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
def test_sixth_attempt_is_refused_unchecked_with_or_without_account(accounts, clock, exists):
    if exists:
        accounts.register(EMAIL, PASSWORD)
    for _ in range(5):
        _fail(accounts)
    with pytest.raises(TooManyAttempts) as caught:
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    assert caught.value.retry_after_s == 15 * 60
    clock.forward(minutes=15)
    if exists:
        assert accounts.sign_in(EMAIL, PASSWORD, address=HERE)


def test_wrong_passwords_from_elsewhere_do_not_lock_the_owner_out(accounts):
    accounts.register(EMAIL, PASSWORD)
    for _ in range(5):
        _fail(accounts, address="198.51.100.1")
    assert accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    with pytest.raises(TooManyAttempts):  # a success resets only the account's own failures
        accounts.sign_in(EMAIL, PASSWORD, address="198.51.100.1")


def test_ten_addresses_together_reach_the_accounts_own_limit(accounts, clock):
    accounts.register(EMAIL, PASSWORD)
    for n in range(50):
        _fail(accounts, address=f"198.51.100.{n // 5}")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    clock.forward(minutes=15)
    assert accounts.sign_in(EMAIL, PASSWORD, address=HERE)


def test_owner_at_a_known_address_passes_the_accounts_own_limit(accounts, clock):
    accounts.register(EMAIL, PASSWORD, address="2001:db8:1:2::1")
    accounts.register("bea@example.org", PASSWORD, address=HERE)

    def besiege() -> None:
        for n in range(50):
            _fail(accounts, address=f"198.51.100.{n // 5}")

    besiege()
    home = "2001:db8:1:2::2"  # of the same network
    assert accounts.sign_in(EMAIL, PASSWORD, address=home)
    with pytest.raises(TooManyAttempts):  # Bea's address, not Ann's
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    for _ in range(5):
        _fail(accounts, address=home)
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(EMAIL, PASSWORD, address=home)
    clock.forward(days=90)
    besiege()
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(EMAIL, PASSWORD, address=home)


def test_addresses_of_one_ipv6_network_count_together(accounts):
    accounts.register(EMAIL, PASSWORD)
    for n in range(5):
        _fail(accounts, address=f"2001:db8:1:2::{n:x}")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(EMAIL, PASSWORD, address="2001:db8:1:2:ffff::1")
    assert accounts.sign_in(EMAIL, PASSWORD, address="2001:db8:1:3::1")


def test_an_address_that_tries_many_accounts_is_refused(accounts):
    accounts.register(EMAIL, PASSWORD)
    for n in range(20):
        _fail(accounts, f"{n}@example.org")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    assert accounts.sign_in(EMAIL, PASSWORD, address="198.51.100.1")


@pytest.fixture
def own(accounts: Accounts, database: Database, clock: Clock) -> OwnAccount:
    return OwnAccount(
        accounts,
        AccountStore(database),
        CredentialStore(database),
        PasswordStore(database),
        now=clock.now,
    )


def reset_meanwhile(monkeypatch: pytest.MonkeyPatch, accounts: Accounts, own: OwnAccount) -> None:
    """Reset Ann's password just after a check of the old one."""
    matches = Passwords.matches
    reset = own.make_reset(EMAIL)

    def then_reset(self: Passwords, password: str, password_hash: str | None) -> bool:
        result = matches(self, password, password_hash)
        monkeypatch.setattr(Passwords, "matches", matches)
        hashed = self.hash("new and longer")
        used = own._passwords.use_reset(
            sign_in.digest_of(reset.secret), hashed, now=accounts._now()
        )
        assert used
        return result

    monkeypatch.setattr(Passwords, "matches", then_reset)


def test_no_sign_in_by_the_old_password_survives_a_reset(accounts, own, monkeypatch):
    user = accounts.user(accounts.register(EMAIL, PASSWORD).access_token)
    reset_meanwhile(monkeypatch, accounts, own)
    with pytest.raises(NotSignedIn, match="password is wrong"):
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)
    assert own.sign_ins(user.id) == []
    assert accounts.sign_in(EMAIL, "new and longer", address=HERE)


def test_no_change_by_the_old_password_survives_a_reset(accounts, own, monkeypatch):
    token = accounts.register(EMAIL, PASSWORD).access_token
    user, holder = accounts.user(token), accounts.holder_of(token)
    reset_meanwhile(monkeypatch, accounts, own)
    with pytest.raises(WrongPassword):
        own.change_password(user, holder.sign_in_id, PASSWORD, "the thief's own", address=HERE)
    assert accounts.sign_in(EMAIL, "new and longer", address=HERE)


@pytest.mark.parametrize("typed", ["Ann@Example.org", " ann@example.org "])
def test_email_is_matched_without_case_and_spaces(accounts, typed):
    accounts.register(EMAIL, PASSWORD)
    assert accounts.sign_in(typed, PASSWORD, address=HERE).access_token


@pytest.fixture
def stored_before(accounts, database) -> str:
    """Add an account as an earlier version stored it, with an address refused today."""
    email = "ａnn\u200b@example.org"
    hashed = accounts._passwords.hash("password")
    AccountStore(database).add_user("a" * 32, email, hashed, now=accounts._now())
    return email


def test_account_with_an_odd_address_and_a_common_password_stays_reachable(accounts, stored_before):
    assert accounts.sign_in(f" {stored_before.upper()} ", "password", address=HERE)
    with pytest.raises(InvalidRequest):
        accounts.register(stored_before, PASSWORD)


def test_spellings_of_one_address_share_one_account_and_limit(accounts):
    accounts.register(" ＡNN@example.org", PASSWORD)
    with pytest.raises(Conflict):
        accounts.register(EMAIL, PASSWORD)
    for typed in (EMAIL, "ａnn@example.org", " Ann@example.org", "ann＠example.org", EMAIL):
        _fail(accounts, typed)
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("aｎn@example.org", PASSWORD, address=HERE)


def test_success_resets_the_accounts_failures(accounts):
    accounts.register(EMAIL, PASSWORD)
    for _ in range(3):
        for _ in range(4):
            _fail(accounts)
        accounts.sign_in(EMAIL, PASSWORD, address=HERE)


def test_parallel_attempts_do_not_outrun_the_limit(accounts):
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


def test_database_holds_no_usable_secret(accounts, tmp_path):
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


def test_expired_rows_are_deleted(accounts, clock, database):
    accounts.open_session(accounts.register(EMAIL, PASSWORD, address=HERE).session_code)
    _fail(accounts)
    clock.forward(days=91)
    accounts.delete_expired()
    with database.read() as session:
        for table in (
            "refresh_tokens",
            "sessions",
            "session_codes",
            "sign_in_failures",
            "registrations",
            "known_addresses",
        ):
            rows = session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}")
            assert rows.scalar_one() == 0


def test_address_creates_at_most_twenty_accounts_an_hour(accounts, clock):
    for n in range(20):
        accounts.register(f"{n}@example.org", PASSWORD, address=HERE)
    with pytest.raises(TooManyAttempts) as caught:
        accounts.register(EMAIL, PASSWORD, address=HERE)
    assert caught.value.retry_after_s == 3600
    assert accounts.register("far@example.org", PASSWORD, address="198.51.100.1")
    assert accounts.sign_in("0@example.org", PASSWORD, address=HERE)  # users can still sign in
    clock.forward(hours=1)
    assert accounts.register(EMAIL, PASSWORD, address=HERE)


def test_deleting_expired_rows_keeps_the_registrations_of_the_hour(accounts, clock):
    for n in range(20):
        accounts.register(f"{n}@example.org", PASSWORD, address=HERE)
    clock.forward(minutes=59)
    accounts.delete_expired()
    with pytest.raises(TooManyAttempts):
        accounts.register(EMAIL, PASSWORD, address=HERE)


def test_hashing_timeout_answers_busy(accounts, monkeypatch):
    monkeypatch.setattr(sign_in, "_HASHING_TIMEOUT_S", 0.01)
    with accounts._hashing():
        with pytest.raises(StoreBusy):
            accounts.sign_in(EMAIL, PASSWORD, address=HERE)
        with pytest.raises(StoreBusy):
            accounts.register(EMAIL, PASSWORD, address=HERE)
    assert accounts.register(EMAIL, PASSWORD, address=HERE)
