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


def refuse_if_too_many(failures: Failures, *, now: datetime) -> None:
    """Raise :class:`TooManyAttempts` while either count of failures has reached its limit."""
    wait_s = max(
        _wait_s(failures.of_account, PER_ACCOUNT, now),
        _wait_s(failures.of_address, PER_ADDRESS, now),
    )
    if wait_s:
        raise TooManyAttempts(
            "Too many failed sign-ins.",
            retry_after_s=wait_s,
            hint=f"Try again in {math.ceil(wait_s / 60)} min.",
        )


def _wait_s(failures: Sequence[datetime], limit: int, now: datetime) -> int:
    """Whole seconds until fewer than ``limit`` failures, oldest first, lie in the window."""
    if len(failures) < limit:
        return 0
    return max(1, math.ceil((failures[-limit] + WINDOW - now).total_seconds()))
