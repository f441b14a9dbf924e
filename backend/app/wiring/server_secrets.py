"""The server's secrets: created at the first start; weak ones are rejected."""

from __future__ import annotations

from ..accounts.server_secrets import secret_for, secrets_for
from ..settings import Settings


def jwt_secret(settings: Settings) -> str:
    """The secret for tokens, links and cookie keys.

    Raise :class:`BadSettings` if it is weak.
    """
    return secret_for("jwt_secret", settings.jwt_secret, settings.storage_root / "secrets")


def frontend_secret(settings: Settings) -> str:
    """The secret that the app's process reads from the same folder; raises likewise."""
    return secret_for(
        "frontend_secret", settings.frontend_secret, settings.storage_root / "secrets"
    )


def encryption_keys(settings: Settings) -> tuple[str, ...]:
    """The keys for users' secrets: the first encrypts, all decrypt; raises likewise."""
    return secrets_for(
        "tokens_encryption_key", settings.tokens_encryption_key, settings.storage_root / "secrets"
    )
