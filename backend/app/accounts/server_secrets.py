"""The server's secrets: generated at the first start; weak ones are refused."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from pydantic import SecretStr

from ..errors import BadSettings

# Generated secrets have 64 hexadecimal characters (256 bits, the size of the HMAC); a typed one
# must have at least half as many.
MIN_LENGTH = 32
# A random secret over an alphabet of 16 or more has at least this many different characters.
MIN_DIFFERENT = 8
_PLACEHOLDERS = ("change", "replace", "your", "secret", "example", "placeholder", "todo", "insert")
# Examples as written in files and guides: (optional), <your key>, ${KEY}, sk-your-key, xxx, ...
_EXAMPLE = re.compile(
    r"""["'\s]* (?:
        [(<\[{$%]                                          # begins like no generated key
      | (?:[a-z]{1,6}[-_])? (?:                            # after a prefix such as sk-
            (?:change|replace|insert|enter|paste|put|add|set)[-_\s]?(?:me|this|it|your|here|with)
          | your[-_\s]?(?:\w+[-_\s])*(?:api|key|token|secret|client)
          | placeholder | optional | todo | tbd
          | [x*.?_-]{3,}$ | .*x{6}
        )
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def secret_for(name: str, given: SecretStr | None, folder: Path) -> str:
    """Return the secret ``name``: from the settings, else generated once in ``folder``.

    Raise :class:`BadSettings` if it could be guessed.
    """
    secret = _generated_secret(folder / name) if given is None else given.get_secret_value()
    check_secret(name, secret)
    return secret


def secrets_for(name: str, given: SecretStr | None, folder: Path) -> tuple[str, ...]:
    """Like :func:`secret_for`, for a setting with several secrets separated by commas."""
    if given is None:
        return (secret_for(name, None, folder),)
    several = given.get_secret_value().split(",")
    return tuple(secret_for(name, SecretStr(one.strip()), folder) for one in several)


def check_secret(name: str, secret: str) -> None:
    """Raise :class:`BadSettings` if a secret is empty, short, repetitive or a placeholder."""
    fault = _fault_of(secret.strip())
    if fault:
        raise BadSettings(
            f"{name.upper()} {fault}.",
            hint="Leave it unset to have one generated, or use `openssl rand -hex 32`.",
        )


def check_key(name: str, key: str) -> None:
    """Raise :class:`BadSettings` if a key that another service gave is a placeholder."""
    if is_placeholder(key):
        raise BadSettings(
            f"{name.upper()} is a placeholder.", hint="Set it to a real key, or leave it out."
        )


def is_placeholder(key: str) -> bool:
    """Whether a key is only an example, such as ``(optional)`` or ``<your key>``."""
    return _EXAMPLE.match(key) is not None


def derived_key(secret: str, purpose: str) -> bytes:
    """Derive a key for one purpose; it reveals neither ``secret`` nor other derived keys."""
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def _fault_of(secret: str) -> str:
    if not secret:
        return "is empty"
    if secret.lower().startswith(_PLACEHOLDERS) or is_placeholder(secret):
        return "is a placeholder"
    if len(secret) < MIN_LENGTH:
        return f"is shorter than {MIN_LENGTH} characters"
    if len(set(secret)) < MIN_DIFFERENT:
        return "repeats too few characters"
    return ""


def _generated_secret(file: Path) -> str:
    """Read the secret in ``file``; create it atomically if it does not exist."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
            new.flush()
            os.fsync(new.fileno())
        try:
            # a rename would replace a secret that another process has just made
            file.hardlink_to(part)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return file.read_text().strip()
