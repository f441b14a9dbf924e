"""Password hashing with argon2id."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# The minimum that OWASP recommends for argon2id: about 100 ms and 19 MiB for each guess.
MEMORY_KIB = 19 * 1024
PASSES = 2
# Hashing 10 MB takes 0.8 s; typed passwords are shorter than this.
MAX_LENGTH = 1024


class Passwords:
    """Hashes and checks passwords with argon2id."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=1)
        self._dummy_hash = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Hash a password; the result contains the salt and argon2's parameters."""
        return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password has this hash.

        Without a hash (no account, or no password) the same work is done, and the answer is False:
        the time taken must not reveal which accounts exist.
        """
        tried = password if len(password) <= MAX_LENGTH else ""
        try:
            self._hasher.verify(password_hash or self._dummy_hash, tried)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(password_hash) and tried == password
