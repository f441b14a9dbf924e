"""Check settings before the server starts, without changing anything."""

from __future__ import annotations

from importlib.util import find_spec
from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ...accounts.server_secrets import check_secret
from ...errors import BadSettings
from ...media.ffmpeg.ffmpeg import find_ffmpeg
from ...media.gate.formats import formats_named
from ...settings import Settings
from ...store.engine import parse_url, sqlite_file
from ..objects import check_blob_url
from ..retention import retention
from ..stores import DATABASE_FILE
from .database_file import check_sqlite_file
from .read_settings import check_storage

DATABASE_CHECKED = "SEGUE_DATABASE_CHECKED"
"""Set in the API's environment by the launcher, which has just checked the database."""

_ADDRESS = "http://localhost:8000"
_ADDRESSES = (
    "api_base",
    "streamlit_redirect_base",
    "openai_base_url",
    "google_issuer",
    "google_oauth_redirect_uri",
    "youtube_oauth_redirect_uri",
    "youtube_api_base",
)


def check_server_settings(settings: Settings) -> None:
    """Raise :class:`BadSettings` for weak secrets, unusable values, and a damaged database."""
    check_values(settings)
    if settings.database_url is not None:
        check_database_url(settings.database_url)
    else:
        check_sqlite_file(settings.storage_root / DATABASE_FILE)


def check_values(settings: Settings) -> None:
    """Raise :class:`BadSettings` for weak secrets and unusable values; read no database."""
    for name in ("jwt_secret", "frontend_secret"):
        secret: SecretStr | None = getattr(settings, name)
        if secret is not None:
            check_secret(name, secret.get_secret_value())
    if settings.tokens_encryption_key is not None:
        for key in settings.tokens_encryption_key.get_secret_value().split(","):
            check_secret("tokens_encryption_key", key.strip())
    formats_named(settings.supported_formats)
    if settings.ffmpeg_binary is not None:
        find_ffmpeg(settings.ffmpeg_binary)
    check_storage(settings.storage_root)
    _check_executor(settings)
    retention(settings)
    check_blob_url(settings)
    for name in _ADDRESSES:
        _check_address(name, getattr(settings, name))
    for proxy in trusted_proxies(settings):
        _check_proxy(proxy)


def _check_executor(settings: Settings) -> None:
    if settings.redis_url:
        _require_package("redis", "REDIS_URL")
    if settings.executor == "threads":
        return
    if not settings.redis_url:
        raise BadSettings(
            "EXECUTOR is “celery”, but REDIS_URL is not set.",
            hint="Set REDIS_URL=redis://host:6379/0, or leave EXECUTOR out.",
        )
    _require_package("celery", "EXECUTOR=celery")


def _require_package(package: str, setting: str) -> None:
    if find_spec(package) is None:
        raise BadSettings(
            f"{setting} needs the package {package}, which is not installed.",
            hint="Run pip install -r requirements-scale.txt, or leave the setting out.",
        )


def trusted_proxies(settings: Settings) -> list[str]:
    """The addresses and networks of ``TRUSTED_PROXIES``."""
    return [proxy.strip() for proxy in settings.trusted_proxies.split(",") if proxy.strip()]


def _check_proxy(proxy: str) -> None:
    try:
        ip_network(proxy)
    except ValueError:
        raise BadSettings(
            f"TRUSTED_PROXIES names “{proxy}”, which is neither an address nor a network.",
            hint="Set it to such as 127.0.0.1 or 10.0.0.0/8, by commas, or leave it out.",
        ) from None


def _check_address(setting: str, address: str | None) -> None:
    try:
        parts = urlsplit(address or _ADDRESS)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSettings(
            f"{setting.upper()} is “{address}”, which is not a web address.",
            hint=f"Set it to one such as {_ADDRESS}, or leave it out.",
        )


def check_database_url(url: str) -> None:
    """Raise :class:`BadSettings` unless the driver is installed and the database usable.

    Messages do not quote the URL, which may contain a password.
    """
    try:
        parse_url(url).get_dialect().import_dbapi()
        file = sqlite_file(url)
    except NoSuchModuleError:
        raise _no_database("names an unknown kind of database") from None
    except (ArgumentError, ValueError):
        raise _no_database("does not name a database") from None
    except ImportError as e:
        raise _no_database(f"needs the package {e.name}, which is not installed") from e
    if file is not None:
        check_sqlite_file(file, "DATABASE_URL")


def _no_database(fault: str) -> BadSettings:
    return BadSettings(
        f"DATABASE_URL {fault}.",
        hint="Set it to sqlite:///path/to/segue.db, or to postgresql://user:password@host/database "
        "(install requirements-scale.txt first), or leave it out: a file in STORAGE_ROOT.",
    )
