"""Builds everything from the settings; the only place that branches on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .accounts.keys import check_secret, derived_key, secret_for
from .accounts.passwords import Passwords
from .accounts.sign_in import Accounts
from .accounts.tokens import AccessTokens
from .media.ffmpeg import find_ffmpeg
from .media.gate import GateLimits
from .services.health import Health
from .services.library import Gate, Library
from .settings import Settings
from .store.accounts import AccountStore
from .store.blobs import ContentStore
from .store.credentials import CredentialStore
from .store.database import Database, open_database
from .store.incoming import Incoming
from .store.library import LibraryStore


@dataclass(frozen=True, slots=True)
class Services:
    """What the API calls. ``link_key`` signs links to files."""

    database: Database
    content: ContentStore
    incoming: Incoming
    accounts: Accounts
    library: Library
    health: Health
    ffmpeg: Path
    link_key: bytes

    def start(self) -> None:
        """Clear away what earlier runs left."""
        self.accounts.forget_expired()
        self.incoming.sweep()

    def stop(self) -> None:
        """End what works in the background and let go of the database."""
        self.library.close()
        self.database.close()


def build(settings: Settings) -> Services:
    """Everything, put together; raises :class:`BadSettings` where that would not be safe."""
    jwt_secret = secret_for("jwt_secret", settings.jwt_secret, settings.storage_root / "secrets")
    if settings.tokens_encryption_key is not None:
        check_secret("tokens_encryption_key", settings.tokens_encryption_key.get_secret_value())
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    database = open_database(database_url(settings))
    content = ContentStore(settings.storage_root)
    incoming = Incoming(settings.storage_root)
    return Services(
        database=database,
        content=content,
        incoming=incoming,
        accounts=_accounts(database, jwt_secret),
        library=Library(LibraryStore(database), content, _gate(settings, ffmpeg, incoming)),
        health=Health(database, settings.storage_root, ffmpeg),
        ffmpeg=ffmpeg,
        link_key=derived_key(jwt_secret, "links"),
    )


def database_url(settings: Settings) -> str:
    """Where the rows live: as set, else one SQLite file next to everything else."""
    return settings.database_url or f"sqlite:///{settings.storage_root}/segue.db"


def _accounts(database: Database, jwt_secret: str) -> Accounts:
    return Accounts(
        AccountStore(database), CredentialStore(database), Passwords(), AccessTokens(jwt_secret)
    )


def _gate(settings: Settings, ffmpeg: Path, incoming: Incoming) -> Gate:
    return Gate(
        ffmpeg=ffmpeg,
        limits=GateLimits(max_track_s=settings.max_track_s),
        formats=frozenset(name.strip() for name in settings.supported_formats.lower().split(",")),
        folder=incoming.folder,
    )
