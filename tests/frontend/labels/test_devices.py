"""Browsers and systems by their User-Agent."""

from __future__ import annotations

import pytest

from frontend.labels.devices import device

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
ANDROID = "Mozilla/5.0 (Linux; Android 17)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", None),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/150.0 Safari/537.36", "Chrome on Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/150.0 Safari/537 Edg/150",
            "Edge on Windows",
        ),
        (f"{MAC} AppleWebKit/605 (KHTML, like Gecko) Version/26 Safari/605", "Safari on macOS"),
        (f"{MAC} {WEBKIT} Chrome/150.0 Safari/537.36 OPR/130", "Opera on macOS"),
        (
            f"Mozilla/5.0 (Linux; Android 17) {WEBKIT} Chrome/150 Mobile Safari/537",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("curl/8.14.1", "curl"),
        ("python-httpx2/2.16.2", "A Python program"),
        ("", "Unknown device"),
        ("SomethingElse/1.0", "Unknown device"),
    ],
)
def test_device_is_named_as_people_name_it(user_agent: str, name: str | None) -> None:
    assert device(user_agent) == (name or "Firefox on Linux")
