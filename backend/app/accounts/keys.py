"""The secrets that Segue keeps for itself: made at first start, weak ones refused."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from ..errors import BadSettings

# 256 bits, as many as the HMAC that the secret feeds, written in hexadecimal take 64 characters;
# half of that is the least that anybody should type by hand.
MIN_LENGTH = 32
# A secret drawn at random from 16 or more characters shows at least this many different ones.
MIN_DIFFERENT = 8
_PLACEHOLDERS = ("change", "replace", "your", "secret", "example", "placeholder", "todo", "insert")


def secret_for(name: str, given: SecretStr | None, folder: Path) -> str:
    """The secret called ``name``: the one given in the settings, else one kept in ``folder``.

    Raises
    ------
    BadSettings
        If the secret is one that could be guessed.
    """
    secret = _kept_secret(folder / name) if given is None else given.get_secret_value()
    check_secret(name, secret)
    return secret


def secrets_for(name: str, given: SecretStr | None, folder: Path) -> tuple[str, ...]:
    """Like :func:`secret_for`, for a setting that may hold several, parted by commas."""
    if given is None:
        return (secret_for(name, None, folder),)
    several = given.get_secret_value().split(",")
    return tuple(secret_for(name, SecretStr(one.strip()), folder) for one in several)


def check_secret(name: str, secret: str) -> None:
    """Refuse a secret that is empty, short, repetitive or a known placeholder."""
    fault = _fault_of(secret.strip())
    if fault:
        raise BadSettings(
            f"{name.upper()} {fault}.",
            hint="Leave it unset and Segue makes one, or set the output of `openssl rand -hex 32`.",
        )


def derived_key(secret: str, purpose: str) -> bytes:
    """A key for one purpose; knowing it tells nothing of ``secret`` or of any other purpose's."""
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def _fault_of(secret: str) -> str:
    if not secret:
        return "is empty"
    if secret.lower().startswith(_PLACEHOLDERS):
        return "is a placeholder"
    if len(secret) < MIN_LENGTH:
        return f"is shorter than {MIN_LENGTH} characters"
    if len(set(secret)) < MIN_DIFFERENT:
        return "repeats too few characters"
    return ""


def _kept_secret(file: Path) -> str:
    """Read the secret in ``file``; the first process to come makes it, whole or not at all."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
            new.flush()
            os.fsync(new.fileno())
        try:
            file.hardlink_to(part)  # fails where a rename would replace another process's secret
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return file.read_text().strip()
