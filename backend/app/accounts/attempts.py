"""Limit failed sign-ins and registrations, per account and per address."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from ..errors import StoreBusy, TooManyAttempts
from ..store.accounts.accounts import Failures

WINDOW = timedelta(minutes=15)
# Limit for an account and an address together, so that wrong passwords from other addresses don't
# lock the owner out.
PER_ACCOUNT_AND_ADDRESS = 5
PER_ADDRESS = 20  # higher than for one account, because an office may share one address
# Limit from all addresses together: ten addresses may each use up their own limit.
PER_ACCOUNT = 50
# Failures elsewhere do not hold up an address from which the account was signed in to so recently.
KNOWN_FOR = timedelta(days=90)
# Internet providers give each customer an IPv6 network of at least this size (RFC 6177).
_IPV6_NETWORK = 64

REGISTRATION_WINDOW = timedelta(hours=1)
REGISTRATIONS_PER_ADDRESS = 20  # a class that signs up together shares one address


def limit_sign_ins(failures: Failures, *, is_known_address: bool = False, now: datetime) -> None:
    """Raise :class:`TooManyAttempts` if the account or the address failed too often."""
    from_anywhere = () if is_known_address else failures.of_account
    wait_s = max(
        _wait_s(failures.of_both, PER_ACCOUNT_AND_ADDRESS, WINDOW, now),
        _wait_s(from_anywhere, PER_ACCOUNT, WINDOW, now),
        _wait_s(failures.of_address, PER_ADDRESS, WINDOW, now),
    )
    _refuse("Too many failed sign-ins.", wait_s)


def limit_registrations(registrations: Sequence[datetime], *, now: datetime) -> None:
    """Raise :class:`TooManyAttempts` if an address has registered too many accounts."""
    wait_s = _wait_s(registrations, REGISTRATIONS_PER_ADDRESS, REGISTRATION_WINDOW, now)
    _refuse("Too many accounts were created from your address.", wait_s)


def counted_address(address: str) -> str:
    """Return the address under which attempts are counted: for IPv6, its network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address  # a test client's name, or no address
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip.packed, _IPV6_NETWORK), strict=False))


def too_many_at_once() -> StoreBusy:
    """Build the error for a request that waited too long for its password to be hashed."""
    return StoreBusy("Too many people are signing in right now.", hint="Try again in a minute.")


def _refuse(message: str, wait_s: int) -> None:
    if wait_s:
        raise TooManyAttempts(
            message, retry_after_s=wait_s, hint=f"Try again in {math.ceil(wait_s / 60)} min."
        )


def _wait_s(attempts: Sequence[datetime], limit: int, window: timedelta, now: datetime) -> int:
    """Seconds until fewer than ``limit`` attempts are within the window; whole.

    ``attempts`` are sorted, oldest first.
    """
    if len(attempts) < limit:
        return 0
    return max(1, math.ceil((attempts[-limit] + window - now).total_seconds()))
