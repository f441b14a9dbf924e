"""Parsing what YouTube reports about a channel."""

from __future__ import annotations

import pytest

from backend.app.publishing.youtube.channel import Channel


def channel(**status: str) -> Channel:
    return Channel.model_validate({"id": "UC1", "snippet": {"title": "Sets"}, "status": status})


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("allowed", True),
        ("eligible", False),
        ("disallowed", False),
        ("longUploadsUnspecified", None),
    ],
)
def test_only_a_verified_channel_takes_long_videos(said: str, takes: bool | None) -> None:
    assert channel(longUploadsStatus=said).takes_long_videos is takes
    assert channel().takes_long_videos is None


@pytest.mark.parametrize(
    ("url", "shown"), [("https://yt3/a.jpg", True), ("http://yt3/a.jpg", False), ("", False)]
)
def test_picture_is_shown_from_https_only(url: str, shown: bool) -> None:
    snippet = {"title": "Sets", "thumbnails": {"default": {"url": url}}}
    found = Channel.model_validate({"id": "UC1", "snippet": snippet})
    assert found.picture_url == (url if shown else None)
