"""Rate limits on failed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.app.accounts.attempts import (
    PER_ACCOUNT,
    PER_ACCOUNT_AND_ADDRESS,
    PER_ADDRESS,
    WINDOW,
    counted_address,
    limit_sign_ins,
)
from backend.app.errors import TooManyAttempts
from backend.app.store.accounts.accounts import Failures

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def _minutes_ago(*minutes: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(minutes=m) for m in sorted(minutes, reverse=True))


def _failures(
    of_both: tuple[datetime, ...] = (),
    of_account: tuple[datetime, ...] = (),
    of_address: tuple[datetime, ...] = (),
) -> Failures:
    return Failures(of_account, of_address, of_both)


def test_four_failures_do_not_block_an_account():
    limit_sign_ins(_failures(_minutes_ago(1, 2, 3, 4)), now=NOW)


def test_fifth_failure_blocks_account_until_oldest_leaves_window():
    with pytest.raises(TooManyAttempts) as caught:
        limit_sign_ins(_failures(_minutes_ago(1, 2, 3, 4, 10)), now=NOW)
    assert caught.value.retry_after_s == 5 * 60


def test_failures_beyond_limit_extend_the_wait():
    with pytest.raises(TooManyAttempts) as caught:
        limit_sign_ins(_failures(_minutes_ago(1, 2, 3, 4, 5, 14)), now=NOW)
    assert caught.value.retry_after_s == 10 * 60


def test_address_limit_is_higher_than_that_for_one_account():
    assert PER_ADDRESS > PER_ACCOUNT_AND_ADDRESS
    limit_sign_ins(_failures(of_address=_minutes_ago(*[1] * 19)), now=NOW)
    with pytest.raises(TooManyAttempts):
        limit_sign_ins(_failures(of_address=_minutes_ago(*[1] * 20)), now=NOW)


def test_account_limit_over_all_addresses_is_the_highest():
    assert PER_ACCOUNT > PER_ADDRESS
    limit_sign_ins(_failures(of_account=_minutes_ago(*[1] * 49)), now=NOW)
    with pytest.raises(TooManyAttempts):
        limit_sign_ins(_failures(of_account=_minutes_ago(*[1] * 50)), now=NOW)
    limit_sign_ins(_failures(of_account=_minutes_ago(*[1] * 50)), is_known_address=True, now=NOW)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, counted: str):
    assert counted_address(address) == counted


@pytest.mark.parametrize(
    ("left", "wait_s", "hint"),
    [
        (timedelta(seconds=61), 61, "Try again in 2 min."),
        (timedelta(seconds=30.2), 31, "Try again in 1 min."),
        # at least a minute: the present attempt is counted, too
        (timedelta(0), 1, "Try again in 1 min."),
    ],
)
def test_wait_is_rounded_up(left: timedelta, wait_s: int, hint: str):
    with pytest.raises(TooManyAttempts) as caught:
        limit_sign_ins(_failures((NOW - WINDOW + left,) * PER_ACCOUNT_AND_ADDRESS), now=NOW)
    assert (caught.value.retry_after_s, caught.value.hint) == (wait_s, hint)
