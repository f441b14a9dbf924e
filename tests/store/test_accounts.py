"""Simultaneous changes of accounts, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.app.errors import Conflict, NotFound
from backend.app.store.accounts import credentials
from backend.app.store.accounts.accounts import AccountStore, UserRow
from backend.app.store.accounts.credentials import CredentialStore, RefreshTokenRow
from backend.app.store.accounts.google import GoogleStore, Identity
from backend.app.store.accounts.password_changes import PasswordStore
from backend.app.store.accounts.sign_ins import SignIn, add_sign_in_row
from backend.app.store.database import Database, open_database

NOW = datetime(2026, 5, 1, tzinfo=UTC)
AT_ONCE = 8
ROUNDS = 10


@pytest.fixture
def database(either_database: Database) -> Database:
    return either_database


def empty(database: Database) -> None:
    database.change(sa.delete(sa.table("google_identities")), sa.delete(UserRow))


def all_at_once(store: AccountStore, google: GoogleStore, n_emails: int) -> list[object]:
    """Add eight accounts, some by Google; return who is admin, and errors."""
    ready, results = threading.Barrier(AT_ONCE), list[object]()

    def add(n: int) -> None:
        email = f"{n % n_emails}@example.org"
        ready.wait()
        try:
            if n % 2:
                user = store.add_user(f"{n}", email, "hash", now=NOW)
            else:
                user = google.add_user(f"{n}", Identity("google", f"{n}", email), now=NOW)
            results.append(user.is_admin)
        except Exception as e:  # noqa: BLE001 - a thread's failure must reach the test
            results.append(type(e))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_only_one_of_the_first_accounts_is_admin(database):
    for _ in range(ROUNDS):
        empty(database)
        results = all_at_once(AccountStore(database), GoogleStore(database), AT_ONCE)
        assert (results.count(True), results.count(False)) == (1, AT_ONCE - 1)


def test_an_email_added_twice_at_once_is_a_conflict(database):
    for _ in range(ROUNDS):
        empty(database)
        results = all_at_once(AccountStore(database), GoogleStore(database), 3)
        assert results.count(Conflict) == AT_ONCE - 3
        assert results.count(True) == 1


def test_row_of_a_deleted_account_is_not_found(database):
    token = RefreshTokenRow(digest="d", user_id="gone", family="f", expires_at=NOW)
    with pytest.raises(NotFound):
        database.add(token)


def test_other_broken_constraints_stay_bugs(database):
    empty(database)
    AccountStore(database).add_user("a", "0@example.org", "hash", now=NOW)
    twice = sa.insert(UserRow).values(id="a", email="1", password_hash="-", is_admin=False)
    with pytest.raises(sa.exc.IntegrityError), database.write() as session:
        session.execute(twice.values(created_at=NOW))


def test_an_email_that_only_the_unique_index_finds_taken_is_a_conflict(postgresql_url):
    open_database(postgresql_url).close()
    # This transaction sees the rows as of its beginning, not those added while it waits.
    database = Database(sa.create_engine(postgresql_url, isolation_level="REPEATABLE READ"))
    for _ in range(ROUNDS):
        empty(database)
        results = all_at_once(AccountStore(database), GoogleStore(database), 1)
        assert results.count(Conflict) == AT_ONCE - 1
    database.close()


def test_reset_ends_a_sign_in_that_is_just_added(database, monkeypatch):
    empty(database)
    later = NOW + timedelta(days=1)
    user = AccountStore(database).add_user("ann", "ann@example.org", "old", now=NOW)
    resets, store = PasswordStore(database), CredentialStore(database)
    resets.add_reset("link", user.id, expires_at=later)
    reset = threading.Thread(target=resets.use_reset, args=("link", "new"), kwargs={"now": NOW})

    def reset_meanwhile(*args: object) -> None:
        reset.start()
        reset.join(0.3)  # it must wait until this transaction ends
        add_sign_in_row(*args)

    monkeypatch.setattr(credentials, "add_sign_in_row", reset_meanwhile)
    sign_in = SignIn("one", user.id, "", "", created_at=NOW, seen_at=NOW, expires_at=later)
    assert store.add_sign_in(sign_in, "digest", password_hash="old")
    reset.join()
    assert store.sign_ins(user.id, now=NOW) == []
    assert not store.add_sign_in(sign_in, "digest", password_hash="old")
