"""Figures and states as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from itertools import count
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.app.contract.jobs import AudioFormat, JobView
from backend.app.contract.stems import StemName

STEPS = {
    "analysing": "Listening to the tracks",
    "ordering": "Finding the order",
    "planning": "Planning the joins",
    "stretching": "Matching the tempos",
    "mixing": "Mixing",
    "checking": "Measuring the mix",
    "filming": "Making the video",
    "describing": "Writing the description",
    "fetching_weights": "Fetching the model",
    "separating_stems": "Taking the songs apart",
    "restyling": "Re-playing the stems",
    "writing": "Writing the files",
    "mastering": "Mastering",
    "uploading": "Uploading the video",
    "dressing": "Setting the thumbnail and the playlist",
    "noting": "Noting what is online",
}
#: Steps that mean something else in jobs of one kind.
STEPS_OF = {
    ("stem_mix", "planning"): "Setting the levels",
    ("mashup", "planning"): "Arranging the parts",
    ("publish", "checking"): "Checking what YouTube takes",
}

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


def clock(seconds: float) -> str:
    """``65`` is ``1:05`` and ``3725`` is ``1:02:05``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(n_bytes: int) -> str:
    """A file's size in the unit it is usually said in."""
    if n_bytes < 1_000_000:
        return f"{max(1, round(n_bytes / 1000))} kB"
    if n_bytes < 1_000_000_000:
        return f"{n_bytes / 1_000_000:.1f} MB"
    return f"{n_bytes / 1_000_000_000:.2f} GB"


def time_left(eta_s: float) -> str:
    """An estimate, no more exact than it is."""
    if eta_s < 10:
        return "a few seconds left"
    if eta_s < 90:
        return f"about {round(eta_s / 10) * 10} seconds left"
    if eta_s < 5400:
        return f"about {round(eta_s / 60)} minutes left"
    return f"about {eta_s / 3600:.1f} hours left"


def took(seconds: float) -> str:
    """A time that has passed."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{clock(seconds)} min"


def step(name: str, kind: str = "mixtape") -> str:
    """A step's name in words, as jobs of this kind have it."""
    named = STEPS_OF.get((kind, name)) or STEPS.get(name)
    return named or name.replace("_", " ").capitalize()


def tracks(number: int) -> str:
    """A number of tracks."""
    return f"{number} track" if number == 1 else f"{number} tracks"


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """The same names, each only once: what comes again is counted.

    Choices are told apart by what they are called, so two of one name would be one choice.

    >>> told_apart({"a": "Intro", "b": "Sun", "c": "Intro"})
    {'a': 'Intro', 'b': 'Sun', 'c': 'Intro (2)'}
    """
    told: dict[str, str] = {}
    for key, name in names.items():
        numbered = (name if n == 1 else f"{name} ({n})" for n in count(1))
        told[key] = next(one for one in numbered if one not in told.values())
    return told


def standing(job: JobView, zone: str | None = None) -> str:
    """Where a job stands, in one line; ``zone`` is that of whoever looks."""
    match job.status:
        case "queued":
            return held_back(job, zone) or waiting(job.queue_position)
        case "running":
            doing = step(job.step, job.kind) if job.step else "Starting"
            return doing if job.eta_s is None else f"{doing} — {time_left(job.eta_s)}"
        case "succeeded":
            return "Finished"
        case "cancelled":
            return "Cancelled"
        case "failed":
            return "Stopped by an error"


def signed(figure: float) -> str:
    """A level with one decimal and a real minus sign."""
    return f"{figure:.1f}".replace("-", "−")


def day_and_time(moment: datetime, zone: str | None) -> str:
    """A moment on the clock of whoever looks at it."""
    return f"{moment.astimezone(clock_of(zone)):%d %b %Y, %H:%M}".lstrip("0")


def clock_of(zone: str | None) -> tzinfo:
    """The clock of a time zone; one that nobody knows has the world's."""
    try:
        return ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def when(moment: datetime, zone: str | None, now: datetime | None = None) -> str:
    """A moment close by, as one says it: ``today at 09:00``, else with its day."""
    local = moment.astimezone(clock_of(zone))
    today = (now or datetime.now(UTC)).astimezone(clock_of(zone)).date()
    days = {0: "today", 1: "tomorrow"}
    day = days.get((local.date() - today).days) or f"on {local:%d %b %Y}".replace(" 0", " ")
    return f"{day} at {local:%H:%M}"


def held_back(job: JobView, zone: str | None) -> str | None:
    """What a queued job waits for besides its turn."""
    if job.resumes_at:
        return f"Goes on {when(job.resumes_at, zone)}"
    if job.waits_for_status in ("failed", "cancelled"):
        how = "failed" if job.waits_for_status == "failed" else "was cancelled"
        return f"Waits for the mix, which {how}: retry that one, or cancel this"
    return "Waits for the mix to be ready" if job.waits_for else None


def waiting(position: int | None) -> str:
    """A place in the queue; 1 is the next to start."""
    if position is None:
        return "Waiting"
    return "Waiting — next in line" if position == 1 else f"Waiting — number {position} in line"
