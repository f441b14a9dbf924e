"""Passwords, hashed so that a stolen database gives away as little as it can."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# The OWASP minimum for argon2id: about 100 ms and 19 MiB for each guess.
MEMORY_KIB = 19 * 1024
PASSES = 2
# Hashing 10 MB costs 0.8 s; nobody types more than this.
MAX_LENGTH = 1024


class Passwords:
    """Hashes and checks passwords with argon2id."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=1)
        self._hash_of_nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """The hash to keep, with its salt and parameters inside."""
        return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one that was hashed.

        Without a hash (there is no such account, or it has no password) the answer is no, after
        the same work: the time taken must not tell who has an account.
        """
        tried = password if len(password) <= MAX_LENGTH else ""
        try:
            self._hasher.verify(password_hash or self._hash_of_nobody, tried)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(password_hash) and tried == password
