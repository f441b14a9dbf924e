"""Read secrets from files: ``JWT_SECRET_FILE`` names a file with the value of ``JWT_SECRET``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import SecretStr

from ...errors import BadSettings
from ...settings import Settings

SUFFIX = "_file"
# URLs may contain passwords; the last is the name of an earlier system.
_WITH_PASSWORDS = ("database_url", "redis_url", "redis_password")


def names_of_secrets() -> tuple[str, ...]:
    """Return the settings, in lower case, that a file may contain."""
    fields = Settings.model_fields.items()
    secrets = (name for name, field in fields if SecretStr in get_args(field.annotation))
    return (*secrets, *_WITH_PASSWORDS)


def read_secret_files(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the content of each named file by setting, without the line break at its end.

    Raise :class:`BadSettings` for an unreadable or empty file, and where the setting is given, too.
    """
    return {
        name: _read(name, given)
        for name in names_of_secrets()
        if name + SUFFIX in given  # most are not
    }


def _read(name: str, given: Mapping[str, str]) -> str:
    setting = (name + SUFFIX).upper()
    if name in given:
        raise BadSettings(
            f"{name.upper()} and {setting} are both set.", hint="Leave one of them out."
        )
    file = given[name + SUFFIX]
    try:
        value = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        raise BadSettings(
            f"{setting} names {file}, which cannot be read.",
            hint=f"Name a text file that this account may read, or set {name.upper()}.",
        ) from None
    if not value:
        raise BadSettings(
            f"{setting} names {file}, which is empty.",
            hint="Write the value into it, or leave the setting out.",
        )
    return value
