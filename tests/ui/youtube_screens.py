"""Google and YouTube as a browser test needs them: a page of consent, a channel with one owner."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from tests.publishing.google_stand_in import Google
from tests.publishing.local_server import Asked, Told
from tests.publishing.youtube_stand_in import YouTubeStandIn
from tests.ui.conftest import Segue, segue_running


class GoogleWithAPage(Google):
    """Asks whoever comes to its page of consent, where the other answers at once."""

    def _routed(self, asked: Asked) -> Told:
        # A browser looks for a sign of its own to put on the tab
        return Told(404, b"") if asked.path == "/favicon.ico" else super()._routed(asked)

    def _authorize(self, asked: Asked) -> Told:
        said = asked.query.pop("say", None)
        if said is None:
            ways = "".join(
                f'<p><a href="?{escape(urlencode({**asked.query, "say": way}))}">{way}</a></p>'
                for way in ("Allow", "Refuse")
            )
            page = f"<title>Consent</title><h1>Segue wants to use your channel</h1>{ways}"
            return Told(200, page.encode(), {"Content-Type": "text/html"})
        self.denies = said == "Refuse"
        return super()._authorize(asked)


@dataclass(frozen=True)
class GivenOut(Container[str]):
    """The tokens that are good at YouTube: those of grants that nobody has taken back."""

    google: Google

    def __contains__(self, token: object) -> bool:
        alive = [grant for grant in self.google.grants if not grant.is_revoked]
        return any(token in grant.access_tokens for grant in alive)


@dataclass(frozen=True, slots=True)
class Screens:
    """Segue, and who stands where Google and YouTube do."""

    segue: Segue
    google: Google
    youtube: YouTubeStandIn


@contextmanager
def screens_running(folder: Path) -> Iterator[Screens]:
    """Start all three; what Segue sends to Google and YouTube stays on this machine."""
    with GoogleWithAPage() as google, YouTubeStandIn(tokens=GivenOut(google)) as youtube:
        settings = {
            "GOOGLE_CLIENT_SECRETS": str(google.secrets_file(folder)),
            "GOOGLE_ISSUER": google.url,
            "YOUTUBE_API_BASE": youtube.url,
        }
        with segue_running(folder, settings) as segue:
            yield Screens(segue, google, youtube)
