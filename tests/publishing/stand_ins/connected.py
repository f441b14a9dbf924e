"""A server's database with users and YouTube connections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import Session

from backend.app.accounts.sealing import Seal
from backend.app.publishing.youtube.connection import YouTubeConnections
from backend.app.publishing.youtube.consent import SCOPES
from backend.app.publishing.youtube.tokens import StoredTokens
from backend.app.settings import Settings
from backend.app.store.accounts.accounts import AccountStore
from backend.app.store.accounts.youtube import YouTubeConnectionRow
from backend.app.store.database import Database, open_database
from backend.app.wiring.publishing import youtube_connections

from .google import Google, Grant

OLD_KEY, NEW_KEY = "0123456789abcdef" * 2, "fedcba9876543210" * 2


@dataclass(frozen=True)
class House:
    """A server's database and settings."""

    settings: Settings
    database: Database
    google: Google

    def connections(self, *keys: str) -> YouTubeConnections:
        """Connections as the API and publishing children build them."""
        return youtube_connections(self.settings, self.database, Seal(keys or (OLD_KEY,)))

    def connect(self, user_id: str, *, good_for_s: float = 0.0) -> Grant:
        """Connect a user whose access token lasts for ``good_for_s``."""
        grant = self.google.granted()
        grant.access_tokens.append(f"ya29.first-of-{user_id}")
        tokens = StoredTokens(
            access_token=grant.access_tokens[0],
            refresh_token=grant.refresh_token,
            expires_at=datetime.now(UTC).timestamp() + good_for_s,
        )
        self.connections().connect(user_id, tokens, SCOPES)
        return grant

    def row(self, user_id: str) -> YouTubeConnectionRow:
        with self.database.read() as session:
            return _row(session, user_id)

    def change(self, user_id: str, **values: object) -> None:
        with self.database.write() as session:
            row = _row(session, user_id)
            for name, value in values.items():
                setattr(row, name, value)


def _row(session: Session, user_id: str) -> YouTubeConnectionRow:
    row = session.get(YouTubeConnectionRow, user_id)
    assert row is not None
    return row


def house_in(folder: Path, google: Google) -> House:
    """A server with the users Ada and Bob, neither connected."""
    settings = Settings(
        _env_file=None,
        storage_root=folder,
        database_url=f"sqlite:///{folder}/segue.db",
        tokens_encryption_key=SecretStr(OLD_KEY),
        google_client_secrets=google.secrets_file(folder),
        google_issuer=google.url,
        youtube_api_base=google.url,
    )
    database = open_database(f"sqlite:///{folder}/segue.db")
    for name in ("ada", "bob"):
        AccountStore(database).add_user(name, f"{name}@example.org", "-", now=datetime.now(UTC))
    return House(settings, database, google)
