"""Names of browsers and operating systems, from a ``User-Agent``."""

from __future__ import annotations

#: Searched for in a ``User-Agent`` in this order, because many browsers also name others.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
    "python": "A Python program",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device(user_agent: str) -> str:
    """Name browser and system of a ``User-Agent``, such as ``Firefox on Linux``."""
    browser, system = (_first(names, user_agent) for names in (_BROWSERS, _SYSTEMS))
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Unknown device"


def _first(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for part, name in names.items() if part in user_agent), None)
