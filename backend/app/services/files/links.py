"""Signed links: temporary access to one file of a job, without a token."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ...errors import NotFound

# Lifetimes of links in seconds. Downloads start immediately; a player may pause, and sends a
# request for each seek.
DOWNLOAD_S = 600
PLAYBACK_S = 3600


@dataclass(frozen=True, slots=True)
class FileLink:
    """The access that a link grants: a file, until ``expires`` (seconds since 1970).

    ``inline`` is for a player.
    """

    job_id: str
    name: str
    expires: int
    inline: bool


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks links signed with ``key``; ``clock`` returns seconds since 1970."""

    key: bytes
    base_url: str
    clock: Callable[[], float] = time.time

    def make(self, job_id: str, name: str, *, inline: bool) -> tuple[str, FileLink]:
        """Make a link; return its URL and what it grants."""
        lifetime_s = PLAYBACK_S if inline else DOWNLOAD_S
        link = FileLink(job_id, name, int(self.clock()) + lifetime_s, inline)
        signature = self._signature(link)
        query = urlencode({"expires": link.expires, "inline": int(inline), "sig": signature})
        return f"{self.base_url.rstrip('/')}/files/{job_id}/{quote(name)}?{query}", link

    def check(self, link: FileLink, signature: str) -> None:
        """Raise :class:`NotFound` unless the link was signed here and has not expired."""
        is_signed = hmac.compare_digest(self._signature(link).encode(), signature.encode())
        if not is_signed or link.expires <= self.clock():
            raise NotFound("This link is no longer valid.", hint="Open the job and try again.")

    def _signature(self, link: FileLink) -> str:
        # The name comes last, because it may contain line breaks and the other fields can't.
        text = f"{link.expires}\n{int(link.inline)}\n{link.job_id}\n{link.name}"
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
