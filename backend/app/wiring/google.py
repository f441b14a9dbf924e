"""Read this server's OAuth client at Google."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..accounts.google_client import GoogleClient, google_client
from ..settings import Settings


def google_client_reader(settings: Settings) -> Callable[[], GoogleClient]:
    """Return a reader of the client's file, which may be added while the server runs."""
    return partial(google_client, settings.google_client_secrets, settings.google_issuer)
