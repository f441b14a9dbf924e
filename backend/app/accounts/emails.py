"""Normalise email addresses; refuse invisible and control characters."""

from __future__ import annotations

import unicodedata

import email_validator
import regex

from ..errors import InvalidRequest

# RFC 5321, 4.5.3.1.3, without the angle brackets.
_MAX_LENGTH = 254
# Letters and blanks without a visible shape, such as a Hangul filler, would pass as visible.
_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{C}\u2800]")
# Home networks and tests use names such as `.local`, to which no email goes over the internet.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normalised_email(email: str) -> str:
    """Return the address in the spelling that accounts store, or raise :class:`InvalidRequest`.

    Blanks around it are dropped; letters become lower case, and compatibility forms such as
    full-width letters become the usual ones (Unicode NFKC), so that one person has one account.
    """
    folded = unicodedata.normalize("NFKC", email.strip()).lower()
    if _INVISIBLE.search(email.strip()):
        raise _refused("It has an invisible character; type it again by hand.")
    if len(folded) > _MAX_LENGTH:
        raise _refused("It is too long.")
    try:
        found = email_validator.validate_email(folded, check_deliverability=False)
    except email_validator.EmailNotValidError as e:
        raise _refused(str(e)) from e
    return unicodedata.normalize("NFKC", found.normalized)


def spellings_of(email: str) -> tuple[str, ...]:
    """List the stored spellings that a typed address may mean, the most exact first.

    Earlier versions stored addresses without blanks and in lower case, and accepted more.
    """
    as_before = email.strip().lower()[:_MAX_LENGTH]
    try:
        return tuple(dict.fromkeys((as_before, normalised_email(email))))
    except InvalidRequest:
        return (as_before,)


def _refused(why: str) -> InvalidRequest:
    return InvalidRequest("This is not a valid email address.", hint=why)
