"""The names that the environment and ``.env`` contain, whether Segue knows them or not."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from ...settings import Settings


def given_values(env_file: str | None) -> Mapping[str, str]:
    """Return all values that are not empty, by lower-case name; the environment wins.

    Raise OSError or UnicodeDecodeError if the file cannot be read.
    """
    found = {
        **DotEnvSettingsSource(Settings, env_file=env_file).env_vars,
        **EnvSettingsSource(Settings).env_vars,
    }
    return {name.lower(): value for name, value in found.items() if value}
