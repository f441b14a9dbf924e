"""Signed links expire."""

from __future__ import annotations

import pytest

from backend.app.errors import NotFound
from backend.app.services.files.links import Links


@pytest.mark.parametrize(("inline", "lifetime_s"), [(False, 600), (True, 3600)])
def test_downloads_last_ten_minutes_and_players_an_hour(inline: bool, lifetime_s: int) -> None:
    now_s = [1000.5]
    links = Links(b"key", "http://here/", clock=lambda: now_s[0])
    url, link = links.make("job", "mix.mp3", inline=inline)
    assert url.startswith("http://here/files/job/mix.mp3?")
    assert link.expires == 1000 + lifetime_s
    signature = url.rpartition("sig=")[2]
    now_s[0] = link.expires - 0.1
    links.check(link, signature)
    now_s[0] = link.expires
    with pytest.raises(NotFound):
        links.check(link, signature)
