"""What YouTube would refuse, found before a byte is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..contract.publishing import FaultView, Privacy
from .chapters import broken_rules, chapters_in
from .limits import YouTubeLimits, tags_length

MARKER_CHARS = len(",segue-0123abcd")
"""What the tag takes by which Segue knows a video for its own."""

_BRACKETS = frozenset("<>")
_LAYOUT = str.maketrans("", "", "\n\r\t")  # what a description of several lines is made of


@dataclass(frozen=True, slots=True)
class Draft:
    """A video as it would be sent; None is what is not known yet."""

    title: str
    description: str | None
    tags: tuple[str, ...]
    privacy: Privacy
    publish_at: datetime | None
    duration_s: float | None
    video_bytes: int | None
    thumbnail_bytes: int | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stand on YouTube's side.

    ``takes_long_videos`` is None where the channel does not tell; ``uploads_reset_at`` is when the
    day's uploads are counted anew.
    """

    now: datetime
    uploads_left: int
    uploads_reset_at: datetime
    verified_project: bool
    takes_long_videos: bool | None


def faults(draft: Draft, limits: YouTubeLimits, found: Circumstances) -> list[FaultView]:
    """Everything that stands against the draft, errors first."""
    told = [
        *_title(draft.title, limits),
        *_description(draft, limits),
        *_tags(draft.tags, limits),
        *_when(draft, found),
        *_video(draft, limits, found),
        *_privacy(draft, found),
        *_quota(found),
    ]
    return sorted(told, key=lambda fault: fault.is_warning)


def _title(title: str, limits: YouTubeLimits) -> Iterator[FaultView]:
    error = _errors_in("title")
    if not _shows_something(title):
        yield error("title_empty", "The title is empty.", "Give the video a title.")
    if len(title) > limits.title_chars:
        yield error(
            "title_too_long",
            f"The title has {len(title)} characters; YouTube takes {limits.title_chars}.",
            f"Leave out {len(title) - limits.title_chars}.",
        )
    if _BRACKETS & set(title):
        yield error("title_brackets", "YouTube takes no < and > in a title.", "Leave them out.")
    if _has_controls(title):
        yield error("title_controls", "The title has a line break in it.", "Put it on one line.")


def _description(draft: Draft, limits: YouTubeLimits) -> Iterator[FaultView]:
    text, error = draft.description, _errors_in("description")
    if text is None:
        return
    size = len(text.encode())
    if size > limits.description_bytes:
        yield error(
            "description_too_long",
            f"The description has {size} bytes; YouTube takes {limits.description_bytes}.",
            f"Leave out {size - limits.description_bytes}; an emoji takes four or more.",
        )
    if _BRACKETS & set(text):
        yield error(
            "description_brackets",
            "YouTube takes no < and > in a description.",
            "Leave them out, or use ‹ and ›.",
        )
    if _has_controls(text.translate(_LAYOUT)):
        yield error(
            "description_controls",
            "The description has a character in it that nobody can see.",
            "Write it anew without pasting.",
        )
    if draft.duration_s is not None:
        chapters = chapters_in(text)
        rules = broken_rules(
            chapters, draft.duration_s, min_chapters=limits.chapters, min_chapter_s=limits.chapter_s
        )
        for rule in rules:
            yield _warning("description", "no_chapters", rule)


def _tags(tags: tuple[str, ...], limits: YouTubeLimits) -> Iterator[FaultView]:
    error = _errors_in("tags")
    room = limits.tags_chars - MARKER_CHARS
    length = tags_length(tags)
    if length > room:
        yield error(
            "tags_too_long",
            f"The tags have {length} characters together; there is room for {room}.",
            "Commas count, and so do quotes round a tag with a space. Leave some out.",
        )
    if any(_BRACKETS & set(tag) for tag in tags):
        yield error("tag_brackets", "YouTube takes no < and > in a tag.", "Leave them out.")
    if any({",", '"'} & set(tag) or _has_controls(tag) for tag in tags):
        yield error(
            "tag_characters",
            "A tag has no commas, quotation marks and line breaks in it.",
            "Make two tags of it, or leave them out.",
        )


def _when(draft: Draft, found: Circumstances) -> Iterator[FaultView]:
    error = _errors_in("publish_at")
    if draft.publish_at is None:
        return
    if draft.privacy != "private":
        yield error(
            "publish_at_needs_private",
            "Only a private video can be published at a later time.",
            "Choose private: it becomes public when its time has come.",
        )
    if draft.publish_at <= found.now:
        yield error(
            "publish_at_passed",
            "The time to publish at has passed.",
            "Choose a later one, or publish now.",
        )


def _video(draft: Draft, limits: YouTubeLimits, found: Circumstances) -> Iterator[FaultView]:
    error, duration_s = _errors_in(""), draft.duration_s or 0.0
    if duration_s > limits.video_s:
        hours = limits.video_s / 3600
        yield error("video_too_long", f"YouTube takes {hours:g} hours at most.", "Mix fewer songs.")
    elif duration_s > limits.unverified_channel_s and not found.takes_long_videos:
        minutes = limits.unverified_channel_s / 60
        if found.takes_long_videos is None:
            yield _warning(
                "",
                "long_video",
                f"A channel takes more than {minutes:g} minutes only once its owner is verified.",
                "Yours does not say: look at youtube.com/verify.",
            )
        else:
            yield error(
                "channel_not_verified",
                f"Your channel may not upload videos longer than {minutes:g} minutes yet.",
                "Verify your phone number at youtube.com/verify, then try again.",
            )
    if (draft.video_bytes or 0) > limits.video_bytes:
        gigabytes = limits.video_bytes / 10**9
        yield error(
            "video_too_large",
            f"YouTube takes {gigabytes:g} GB at most.",
            "Render the video in a smaller size.",
        )
    if (draft.thumbnail_bytes or 0) > limits.thumbnail_bytes:
        megabytes = limits.thumbnail_bytes / 1024**2
        yield _errors_in("thumbnail")(
            "thumbnail_too_large",
            f"YouTube takes thumbnails of {megabytes:g} MB at most.",
            "Publish without the thumbnail.",
        )


def _privacy(draft: Draft, found: Circumstances) -> Iterator[FaultView]:
    if not found.verified_project and (draft.privacy != "private" or draft.publish_at):
        yield _warning(
            "privacy",
            "stays_private",
            "The video will stay private: Google has not audited this server's project yet.",
            "You can make it public by hand, if YouTube Studio lets you.",
        )


def _quota(found: Circumstances) -> Iterator[FaultView]:
    if found.uploads_left <= 0:
        yield _warning(
            "",
            "no_uploads_left",
            "This server's uploads of today are used up.",
            f"The upload waits until {found.uploads_reset_at:%Y-%m-%d %H:%M %Z}.",
        )


def _has_controls(text: str) -> bool:
    """Whether there are control characters or line breaks in it."""
    return any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def _shows_something(text: str) -> bool:
    """Whether there is anything to be seen: letters, signs, emoji."""
    return any(unicodedata.category(character)[0] in "LNPSM" for character in text)


def _errors_in(field: str) -> Callable[[str, str, str], FaultView]:
    return lambda code, message, hint: FaultView(field=field, code=code, message=message, hint=hint)


def _warning(field: str, code: str, message: str, hint: str = "") -> FaultView:
    return FaultView(field=field, code=code, message=message, hint=hint, is_warning=True)
