"""Rows of answers in listening trials."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import delete
from sqlmodel import col

from backend.app.errors import Conflict, NotFound
from backend.app.store.account_removal import AccountRemovalStore
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database
from backend.app.store.listening_answers import ListeningAnswerRow, ListeningAnswerStore
from tests.listening_data import answered


@pytest.fixture
def store(either_database: Database) -> ListeningAnswerStore:
    # the tests share a PostgreSQL database
    others = delete(UserRow).where(col(UserRow.id).in_(["ann", "bob"]))
    either_database.change(delete(ListeningAnswerRow), others)
    for name in ("ann", "bob"):
        email, now = f"{name}@example.org", datetime.now(UTC)
        row = UserRow(id=name, email=email, password_hash="-", is_admin=False, created_at=now)
        either_database.add(row)
    return ListeningAnswerStore(either_database)


def test_answers_are_paged_newest_first(store: ListeningAnswerStore):
    given = [answered(number) for number in range(5)]
    for one in given:
        store.add("ann", one)
    assert store.page("ann", None, 2) == [given[4], given[3]]
    assert store.page("ann", "trial-3", 2) == [given[2], given[1]]
    assert store.page("ann", "trial-1", 2) == [given[0]]
    assert store.of_user("ann") == given[::-1]


def test_trial_has_one_answer(store: ListeningAnswerStore):
    store.add("ann", answered(1, "a"))
    with pytest.raises(Conflict, match="answered already"):
        store.add("ann", answered(1, "b"))
    found = store.find("ann", "trial-1")
    assert found is not None
    assert found.answer.better == "a"


def test_answers_of_others_are_unknown(store: ListeningAnswerStore):
    store.add("ann", answered(1))
    assert store.find("bob", "trial-1") is None
    assert store.page("bob", None, 9) == store.of_user("bob") == []
    with pytest.raises(NotFound):
        store.page("bob", "trial-1", 9)
    assert len(store.of_all()) == 1


def test_answers_are_deleted_with_the_account(store: ListeningAnswerStore):
    store.add("ann", answered(1))
    store.add("bob", answered(2))
    removal = AccountRemovalStore(store.database)
    removal.close("ann", now=datetime.now(UTC))
    assert removal.remove("ann") is not None
    assert [one.id for one in store.of_all()] == ["trial-2"]


def test_answer_of_another_version_is_left_out(store: ListeningAnswerStore):
    store.add("ann", answered(1))
    store.add("ann", answered(2))
    change = sa.text("UPDATE listening_answers SET answered = '{}' WHERE trial_id = 'trial-1'")
    with store.database.write() as session:
        session.connection().execute(change)
    assert [one.id for one in store.of_all()] == ["trial-2"]


def test_unreadable_answers_do_not_end_the_list(store: ListeningAnswerStore):
    given = [answered(number) for number in range(6)]
    for one in given:
        store.add("ann", one)
    change = sa.text(
        "UPDATE listening_answers SET answered = '{}' WHERE trial_id IN ('trial-5', 'trial-4')"
    )
    with store.database.write() as session:
        session.connection().execute(change)
    assert store.page("ann", None, 2) == [given[3], given[2]]
    assert store.page("ann", "trial-2", 9) == [given[1], given[0]]


def test_listeners_are_counted(store: ListeningAnswerStore):
    assert store.n_listeners() == 0
    for number, user in enumerate(("ann", "ann", "bob")):
        store.add(user, answered(number))
    assert store.n_listeners() == 2
