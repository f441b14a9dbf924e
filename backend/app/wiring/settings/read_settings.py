"""Read the settings; if one is invalid, name it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from ...accounts.server_secrets import check_key
from ...errors import BadSettings
from ...settings import Settings, Units
from .given import given_values
from .old_names import names_read, old_values
from .secret_files import read_secret_files

ENV_FILE = ".env"
_FOLDERS = ("secrets", "content", "derived", "images", "incoming", "jobs")
_KINDS: dict[object, str] = {int: "a whole number", float: "a number"}


def read_settings(env_file: str | None = ENV_FILE) -> Settings:
    """Read the settings from the environment and a file, if given, and check the storage.

    Raise :class:`BadSettings` if a setting is invalid, a key is a placeholder, or the storage
    folder is unusable.
    """
    settings = parse_settings(env_file)
    check_storage(settings.storage_root)
    return settings


def parse_settings(env_file: str | None) -> Settings:
    """As `read_settings`, for a child: whether its storage can be written is a job's error."""
    try:
        given = given_values(env_file)
        files = read_secret_files(given)
        values = {**files, **old_values({**given, **files})}
        create: Callable[..., Settings] = Settings  # pydantic validates the values
        settings = create(_env_file=env_file, **values)
    except ValidationError as e:
        first = e.errors()[0]
        name, value = str(first["loc"][0]), str(first["input"])
        # pydantic's text would quote secrets beside the invalid setting
        raise _refused(name, value, old=names_read(given, name) if name in values else []) from None
    except (OSError, UnicodeDecodeError) as e:
        raise BadSettings(
            f"The file {env_file} cannot be read.", hint="Save it as text in UTF-8, readable."
        ) from e
    if settings.openai_api_key is not None:
        check_key("openai_api_key", settings.openai_api_key.get_secret_value())
    return settings


def check_storage(root: Path) -> None:
    """Raise unless the storage and its folders are usable, and its secrets readable."""
    check_folder("STORAGE_ROOT", root)
    for name in _FOLDERS:
        check_folder("STORAGE_ROOT", root / name)
    for name in ("jwt_secret", "tokens_encryption_key", "frontend_secret"):
        file = root / "secrets" / name
        if file.is_file() and not os.access(file, os.R_OK):
            raise BadSettings(
                f"STORAGE_ROOT: this account may not read {file}.",
                hint="Change the file's permissions.",
            )


def check_folder(setting: str, folder: Path) -> None:
    """Raise :class:`BadSettings` unless a folder is writable or can be created."""
    existing = next(path for path in (folder, *folder.absolute().parents) if exists(path))
    if not existing.is_dir():
        raise BadSettings(f"{setting}: {existing} is not a folder.", hint="Name a folder.")
    if not os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        raise BadSettings(
            f"{setting}: this account may not read and write {existing}.",
            hint="Name a folder that it may change, or change the folder's permissions.",
        )


def exists(path: Path) -> bool:
    """Whether a path exists, as far as this account can see; never raises."""
    return os.access(path, os.F_OK)


def _refused(name: str, value: str, old: Sequence[str] = ()) -> BadSettings:
    read_as = f", read from {old[0].upper()}," if old else ""
    return BadSettings(
        f"{name.upper()}{read_as} is “{value}”.",
        hint=f"Set it to {_allowed(Settings.model_fields[name.lower()])}, or leave it out.",
    )


def _allowed(field: FieldInfo) -> str:
    """Describe a setting's valid values: a number with limits and units, a switch, or text."""
    units = next((one for one in field.metadata if isinstance(one, Units)), None)
    kind = units.kind if units else _KINDS.get(field.annotation, "text")
    limits = [
        f"{words} {getattr(one, end):g}"
        for end, words in (("ge", "of at least"), ("gt", "above"))
        for one in field.metadata
        if hasattr(one, end)
    ]
    allowed = " ".join([kind, *limits])
    return f"{allowed}, such as {units.examples}" if units else allowed
