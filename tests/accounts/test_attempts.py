"""The limits on failed sign-ins, as a matter of counting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.app.accounts.attempts import PER_ACCOUNT, PER_ADDRESS, refuse_if_too_many
from backend.app.errors import TooManyAttempts
from backend.app.store.accounts import Failures

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def _minutes_ago(*minutes: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(minutes=m) for m in sorted(minutes, reverse=True))


def test_four_failures_of_an_account_are_forgiven():
    refuse_if_too_many(Failures(_minutes_ago(1, 2, 3, 4), ()), now=NOW)


def test_the_fifth_failure_closes_the_account_until_the_oldest_is_out_of_the_window():
    with pytest.raises(TooManyAttempts) as caught:
        refuse_if_too_many(Failures(_minutes_ago(1, 2, 3, 4, 10), ()), now=NOW)
    assert caught.value.retry_after_s == 5 * 60


def test_with_more_failures_than_the_limit_as_many_have_to_leave_the_window():
    with pytest.raises(TooManyAttempts) as caught:
        refuse_if_too_many(Failures(_minutes_ago(1, 2, 3, 4, 5, 14), ()), now=NOW)
    assert caught.value.retry_after_s == 10 * 60


def test_an_address_is_closed_later_than_an_account():
    assert PER_ADDRESS > PER_ACCOUNT
    refuse_if_too_many(Failures((), _minutes_ago(*range(1, 15))), now=NOW)
    with pytest.raises(TooManyAttempts):
        refuse_if_too_many(Failures((), _minutes_ago(*[1] * 20)), now=NOW)
