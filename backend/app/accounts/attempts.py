"""How often a door may be tried: a limit for each account, and one for each address."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from ..errors import TooManyAttempts
from ..store.accounts import Failures

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 20  # more than for an account: a whole office may share an address

REGISTRATION_WINDOW = timedelta(hours=1)
REGISTRATIONS_PER_ADDRESS = 20  # a class that signs up together shares an address too


def refuse_if_too_many(failures: Failures, *, now: datetime) -> None:
    """Raise :class:`TooManyAttempts` while either count of failures has reached its limit."""
    wait_s = max(
        _wait_s(failures.of_account, PER_ACCOUNT, WINDOW, now),
        _wait_s(failures.of_address, PER_ADDRESS, WINDOW, now),
    )
    _refuse("Too many failed sign-ins.", wait_s)


def refuse_registration_if_too_many(asked: Sequence[datetime], *, now: datetime) -> None:
    """Raise :class:`TooManyAttempts` while an address has asked for too many accounts."""
    wait_s = _wait_s(asked, REGISTRATIONS_PER_ADDRESS, REGISTRATION_WINDOW, now)
    _refuse("Too many accounts were asked for from your address.", wait_s)


def _refuse(message: str, wait_s: int) -> None:
    if wait_s:
        raise TooManyAttempts(
            message, retry_after_s=wait_s, hint=f"Try again in {math.ceil(wait_s / 60)} min."
        )


def _wait_s(failures: Sequence[datetime], limit: int, window: timedelta, now: datetime) -> int:
    """Whole seconds until fewer than ``limit`` attempts, oldest first, lie in the window."""
    if len(failures) < limit:
        return 0
    return max(1, math.ceil((failures[-limit] + window - now).total_seconds()))
