"""Settings of the systems that Segue unites, under the names that they had there.

``docs/seeds.md`` lists them by system. Segue's own name wins where both are set.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from ...errors import BadSettings

OLD_NAMES = {
    "automix_openai_api_key": "openai_api_key",
    "automix_openai_base_url": "openai_base_url",
    "automix_mix_decision_model": "openai_model",
    "automix_redis_url": "redis_url",
    "automix_max_upload_mb": "max_file_size",
    "max_upload_size_mb": "max_file_size",
    "mixtape_storage_root": "storage_root",
    "cors_allow_origins": "cors_origins",
    "youtube_client_secrets": "google_client_secrets",
}
"""Today's setting by the old name; values mean the same."""

UNUSED_NAMES = {
    "automix_session_root": "Files are stored below STORAGE_ROOT.",
    "automix_assets_samples_dir": "Upload samples with POST /sounds.",
    "automix_base_dir": "Files are stored below STORAGE_ROOT.",
    "automix_default_sr": "Mixes have 44.1 kHz.",
    "grain_duration_ms": "Send it with each restyle, in settings.",
    "use_pitch_mapping": "Send it with each restyle, in settings.",
    "use_envelope": "Send it with each restyle, in settings.",
}
"""What replaces old settings that Segue does not have."""

_MEGABYTES = ("automix_max_upload_mb", "max_upload_size_mb")
_REDIS = ("redis_host", "redis_port", "redis_db", "redis_password")


def old_values(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return values that only have an old name, by today's setting.

    Raise :class:`BadSettings` if the parts of Redis's address do not make one.
    """
    values = {
        setting: _with_unit(old, given[old])
        for old, setting in OLD_NAMES.items()
        if old in given and setting not in given
    }
    if "redis_host" in given and not {"redis_url"} & (given.keys() | values.keys()):
        values["redis_url"] = _redis_url(given)
    return values


def names_read(given: Mapping[str, str], setting: str) -> list[str]:
    """Return the old names in ``given`` that stand for ``setting``."""
    found = [old for old, today in OLD_NAMES.items() if today == setting and old in given]
    if setting == "redis_url" and not found and "redis_host" in given:
        found = [part for part in _REDIS if part in given or f"{part}_file" in given]
    return found


def _with_unit(old: str, value: str) -> str:
    return f"{value}MB" if old in _MEGABYTES and value.strip().isdecimal() else value


def _redis_url(given: Mapping[str, str]) -> str:
    """Put Redis's address together; its password may contain any character."""
    # For a service “redis”, Kubernetes sets REDIS_PORT to such as tcp://10.0.0.11:6379.
    port = given.get("redis_port", "6379").rpartition(":")[2]
    number = given.get("redis_db", "0")
    for name, value in (("REDIS_PORT", port), ("REDIS_DB", number)):
        if not value.isdecimal():
            raise BadSettings(
                f"{name} is “{value}”, which is not a whole number.",
                hint="Set REDIS_URL=redis://host:6379/0 instead of REDIS_HOST and the like.",
            )
    password = given.get("redis_password")
    login = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{login}{given['redis_host']}:{port}/{number}"
