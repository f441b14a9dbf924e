"""Stand-ins for Google's consent page and YouTube, for browser tests."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from tests.publishing.stand_ins.google import Google
from tests.publishing.stand_ins.local_server import Request, Response
from tests.publishing.stand_ins.youtube import YouTubeStandIn
from tests.ui.conftest import Segue, segue_running

# The later waits are three times as long each.
LOOK_AGAIN_S = 2


class GoogleWithAPage(Google):
    """A stand-in that shows a consent page, where its base class answers immediately."""

    def _route(self, request: Request) -> Response:
        # Browsers request an icon for the tab.
        return Response(404, b"") if request.path == "/favicon.ico" else super()._route(request)

    def _authorize(self, request: Request) -> Response:
        answer = request.query.pop("say", None)
        if answer is None:
            ways = "".join(
                f'<p><a href="?{escape(urlencode({**request.query, "say": way}))}">{way}</a></p>'
                for way in ("Allow", "Refuse")
            )
            page = f"<title>Consent</title><h1>Segue wants to use your channel</h1>{ways}"
            return Response(200, page.encode(), {"Content-Type": "text/html"})
        self.denies = answer == "Refuse"
        return super()._authorize(request)


@dataclass(frozen=True)
class ValidTokens(Container[str]):
    """The access tokens of grants that were not revoked."""

    google: Google

    def __contains__(self, token: object) -> bool:
        alive = [grant for grant in self.google.grants if not grant.is_revoked]
        return any(token in grant.access_tokens for grant in alive)


@dataclass(frozen=True, slots=True)
class Screens:
    """Segue, with stand-ins for Google and YouTube."""

    segue: Segue
    google: Google
    youtube: YouTubeStandIn


@contextmanager
def screens_running(folder: Path) -> Iterator[Screens]:
    """Start all three; requests to Google and YouTube stay on this machine."""
    with GoogleWithAPage() as google, YouTubeStandIn(tokens=ValidTokens(google)) as youtube:
        settings = {
            "GOOGLE_CLIENT_SECRETS": str(google.secrets_file(folder)),
            "GOOGLE_ISSUER": google.url,
            "YOUTUBE_API_BASE": youtube.url,
            "YOUTUBE_LOOK_AGAIN_S": str(LOOK_AGAIN_S),
            "YOUTUBE_SEARCH_AGAIN_S": "0.1",
        }
        with segue_running(folder, settings) as segue:
            yield Screens(segue, google, youtube)
