"""Signed links: the right to one file of one job, for a while, without a token."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ..errors import NotFound

# A download starts at once; who plays a mix may pause, and every seek is a request of its own.
DOWNLOAD_S = 600
PLAYBACK_S = 3600


@dataclass(frozen=True, slots=True)
class FileLink:
    """What a link grants. ``expires`` is in seconds since 1970; ``inline`` is for a player."""

    job_id: str
    name: str
    expires: int
    inline: bool


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links with ``key`` and tells its own from others. ``clock`` counts from 1970."""

    key: bytes
    base_url: str
    clock: Callable[[], float] = time.time

    def make(self, job_id: str, name: str, *, inline: bool) -> tuple[str, FileLink]:
        """A link's address, and what it grants."""
        lasts_s = PLAYBACK_S if inline else DOWNLOAD_S
        link = FileLink(job_id, name, int(self.clock()) + lasts_s, inline)
        query = urlencode(
            {"expires": link.expires, "inline": int(inline), "sig": self._signature(link)}
        )
        return f"{self.base_url.rstrip('/')}/files/{job_id}/{quote(name)}?{query}", link

    def check(self, link: FileLink, signature: str) -> None:
        """Let a link of ours pass while it lasts.

        Raises
        ------
        NotFound
            If it was not signed here, was changed since, or has expired.
        """
        ours = hmac.compare_digest(self._signature(link).encode(), signature.encode())
        if not ours or link.expires <= self.clock():
            raise NotFound("This link is not valid any more.", hint="Open the job and try again.")

    def _signature(self, link: FileLink) -> str:
        # The name comes last, for it may hold anything; the fields before it hold no line break.
        granted = f"{link.expires}\n{int(link.inline)}\n{link.job_id}\n{link.name}"
        return hmac.new(self.key, granted.encode(), hashlib.sha256).hexdigest()
