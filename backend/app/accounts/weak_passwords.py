"""Refuse passwords that an attacker tries first."""

from __future__ import annotations

from functools import cache

from ..errors import WeakPassword

_HINT = "Choose another; a sentence of a few words is easy to remember and hard to guess."


def refuse_weak(password: str, email: str) -> None:
    """Raise :class:`WeakPassword` for a common password, or the account's own address."""
    typed = password.strip().casefold()
    if typed in (email.casefold(), *email.casefold().split("@")):
        raise WeakPassword("The password is your email address, or a part of it.", hint=_HINT)
    if typed in _commonest():
        raise WeakPassword("This is one of the most common passwords.", hint=_HINT)


@cache
def _commonest() -> frozenset[str]:
    """The 30,000 commonest passwords in leaked lists, in lower case."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
