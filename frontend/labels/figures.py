"""Format numbers, times and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from itertools import count
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.app.contract.jobs import AudioFormat
from backend.app.contract.stems import StemFormat, StemName

STEMS: dict[StemName, str] = {
    "drums": "Drums",
    "bass": "Bass",
    "other": "Other",
    "vocals": "Vocals",
    "guitar": "Guitar",
    "piano": "Piano",
}
FORMATS: dict[AudioFormat, str] = {
    "mp3": "MP3",
    "flac": "FLAC",
    "wav": "WAV",
    "m4a": "M4A (AAC)",
    "opus": "Opus",
}
STEM_FORMATS: dict[StemFormat, str] = {"flac": "FLAC", "wav": "WAV", "mp3": "MP3"}


def clock(seconds: float) -> str:
    """Format seconds as a clock: ``65`` is ``1:05``, ``3725`` is ``1:02:05``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock_tenths(seconds: float) -> str:
    """Format seconds as a clock with tenths: ``65.27`` is ``1:05.2``."""
    return f"{clock(seconds)}.{int(seconds * 10) % 10}"


def size(n_bytes: int) -> str:
    """Format a file size in kB, MB or GB."""
    if n_bytes < 1_000_000:
        return f"{max(min(n_bytes, 1), round(n_bytes / 1000))} kB"
    if n_bytes < 1_000_000_000:
        mb = n_bytes / 1_000_000
        return f"{mb:.1f} MB" if mb < 10 else f"{mb:.0f} MB"
    return f"{n_bytes / 1_000_000_000:.2f} GB"


def time_left(eta_s: float) -> str:
    """Format a remaining time, as coarsely as it is estimated."""
    if eta_s < 10:
        return "a few seconds left"
    if eta_s < 90:
        return f"about {round(eta_s / 10) * 10} seconds left"
    if eta_s < 5400:
        return f"about {round(eta_s / 60)} minutes left"
    return f"about {eta_s / 3600:.1f} hours left"


def elapsed(seconds: float) -> str:
    """Format a duration in whole seconds, such as how long a step took."""
    if seconds < 1:
        return "under 1 s"
    return f"{int(seconds)} s" if seconds < 60 else f"{clock(seconds)} min"


def counted(number: int, noun: str) -> str:
    """Format a number with its noun: ``1 track``, ``2 tracks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def percent(share: float) -> str:
    """Format a share of 1 in percent."""
    return f"{100 * share:.0f} %"


def minus(text: str) -> str:
    """Replace hyphens with minus signs."""
    return text.replace("-", "−")


def signed(figure: float) -> str:
    """Format a figure with its sign and one decimal."""
    return minus(f"{figure:.1f}")


def deduplicate_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Number repeated titles, since Streamlit distinguishes options by their text.

    >>> deduplicate_titles({"a": "Intro", "b": "Sun", "c": "Intro"})
    {'a': 'Intro', 'b': 'Sun', 'c': 'Intro (2)'}
    """
    unique: dict[str, str] = {}
    for key, title in titles.items():
        numbered = (title if n == 1 else f"{title} ({n})" for n in count(1))
        unique[key] = next(one for one in numbered if one not in unique.values())
    return unique


def timezone_of(name: str | None) -> tzinfo:
    """Look up a time zone by name; UTC if the name is missing or unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def day_and_time(moment: datetime, zone: str | None) -> str:
    """Format a date and time in the user's time zone."""
    return f"{moment.astimezone(timezone_of(zone)):%d %b %Y, %H:%M}".lstrip("0")


def relative_time(moment: datetime, zone: str | None, now: datetime | None = None) -> str:
    """Format a time as ``today at 09:00`` or ``tomorrow at 09:00``, else with the date."""
    local = moment.astimezone(timezone_of(zone))
    today = (now or datetime.now(UTC)).astimezone(timezone_of(zone)).date()
    days = {0: "today", 1: "tomorrow"}
    day = days.get((local.date() - today).days) or f"on {local:%d %b %Y}".replace(" 0", " ")
    return f"{day} at {local:%H:%M}"
