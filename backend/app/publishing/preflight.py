"""Check a video against YouTube's limits before anything is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..contract.publishing import FaultView, Privacy
from .metadata.chapters import broken_rules, chapters_in
from .youtube.accepted_values import CATEGORIES, is_language
from .youtube.limits import MARKER_CHARS, YouTubeLimits, tags_length

_BRACKETS = frozenset("<>")
# Marks, embeddings, overrides and isolates (Unicode Standard Annex 9, table 4)
_DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LAYOUT = str.maketrans("", "", "\n\r\t")  # these control characters are allowed in descriptions


@dataclass(frozen=True, slots=True)
class Draft:
    """A video to be published; None marks values that are not known yet."""

    title: str
    description: str | None
    tags: tuple[str, ...]
    privacy: Privacy
    publish_at: datetime | None
    duration_s: float | None
    video_bytes: int | None
    thumbnail_bytes: int | None
    category_id: str
    language: str


@dataclass(frozen=True, slots=True)
class PreflightContext:
    """Quota and channel at the time of the check.

    ``takes_long_videos`` is None if unknown; ``uploads_reset_at`` is the end of the quota day.
    """

    now: datetime
    uploads_left: int
    uploads_reset_at: datetime
    takes_long_videos: bool | None


def find_faults(draft: Draft, limits: YouTubeLimits, context: PreflightContext) -> list[FaultView]:
    """Find all faults of a video, errors before warnings."""
    faults = [
        *_title(draft.title, limits),
        *_description(draft, limits),
        *_tags(draft.tags, limits),
        *_category_and_language(draft),
        *_publish_at(draft, context),
        *_video(draft, limits, context),
        *_quota(context),
    ]
    return sorted(faults, key=lambda fault: fault.is_warning)


def _title(title: str, limits: YouTubeLimits) -> Iterator[FaultView]:
    error = _errors_in("title")
    if not _has_visible(title):
        yield error("title_empty", "The title is empty.", "Give the video a title.")
    if len(title) > limits.title_chars:
        yield error(
            "title_too_long",
            f"The title has {len(title)} characters; YouTube allows {limits.title_chars}.",
            f"Remove {len(title) - limits.title_chars}.",
        )
    if _BRACKETS & set(title):
        yield error("title_brackets", "YouTube allows no < and > in a title.", "Remove them.")
    if _has_controls(title):
        yield error("title_controls", "The title has a line break.", "Put it on one line.")
    yield from _direction_marks(title, "The title", "title")


def _description(draft: Draft, limits: YouTubeLimits) -> Iterator[FaultView]:
    text, error = draft.description, _errors_in("description")
    if text is None:
        return
    size = len(text.encode())
    if size > limits.description_bytes:
        yield error(
            "description_too_long",
            f"The description has {size} bytes; YouTube allows {limits.description_bytes}.",
            f"Remove {size - limits.description_bytes}; an emoji has four or more.",
        )
    if _BRACKETS & set(text):
        yield error(
            "description_brackets",
            "YouTube allows no < and > in a description.",
            "Remove them, or use ‹ and ›.",
        )
    if _has_controls(text.translate(_LAYOUT)):
        yield error(
            "description_controls",
            "The description has an invisible control character.",
            "Type it again instead of pasting.",
        )
    yield from _direction_marks(text, "The description", "description")
    if draft.duration_s is not None:
        chapters = chapters_in(text)
        for rule in broken_rules(chapters, draft.duration_s, limits):
            yield _warning("description", "no_chapters", rule)


def _tags(tags: tuple[str, ...], limits: YouTubeLimits) -> Iterator[FaultView]:
    error = _errors_in("tags")
    room = limits.tags_chars - MARKER_CHARS
    length = tags_length(tags)
    if length > room:
        yield error(
            "tags_too_long",
            f"The tags have {length} characters together; YouTube allows {room}.",
            "Commas count, and quotes around tags with a space. Remove some.",
        )
    if any(_BRACKETS & set(tag) for tag in tags):
        yield error("tag_brackets", "YouTube allows no < and > in a tag.", "Remove them.")
    if any({",", '"'} & set(tag) or _has_controls(tag) for tag in tags):
        yield error(
            "tag_characters",
            "Tags can't contain commas, quotation marks or line breaks.",
            "Remove them, or split the tag.",
        )
    for tag in tags:
        yield from _direction_marks(tag, f"The tag “{tag}”", "tags")


def _direction_marks(text: str, where: str, field: str) -> Iterator[FaultView]:
    """Find the first invisible character that changes the direction of text.

    Such a character can make a title read differently from what it contains (Unicode Technical
    Report 36, 2.11; Unicode Standard Annex 9, 2).
    """
    at = next((i for i, one in enumerate(text) if one in _DIRECTION_MARKS), None)
    if at is not None:
        name, code = unicodedata.name(text[at]).lower(), ord(text[at])
        after = f"after “{text[max(0, at - 12) : at]}”" if at else "at its beginning"
        yield _errors_in(field)(
            f"{field}_direction",
            f"{where} has an invisible “{name}” (U+{code:04X}) {after}.",
            "Delete it, or type that part again.",
        )


def _category_and_language(draft: Draft) -> Iterator[FaultView]:
    if draft.category_id not in CATEGORIES:
        listed = ", ".join(f"{number} {name}" for number, name in CATEGORIES.items())
        yield _errors_in("category_id")(
            "category_unknown",
            f"YouTube has no category {draft.category_id} for uploads.",
            f"Choose one of these: {listed}.",
        )
    if not is_language(draft.language):
        yield _errors_in("language")(
            "language_unknown",
            f"There is no language “{draft.language}”.",
            "Use a code of ISO 639, such as en, pt-BR or zh-Hant.",
        )


def _publish_at(draft: Draft, context: PreflightContext) -> Iterator[FaultView]:
    error = _errors_in("publish_at")
    if draft.publish_at is None:
        return
    if draft.privacy != "private":
        yield error(
            "publish_at_needs_private",
            "Only a private video can be scheduled.",
            "Choose private: it becomes public at the chosen time.",
        )
    if draft.publish_at <= context.now:
        yield error(
            "publish_at_passed",
            "The time to publish at has passed.",
            "Choose a later time, or publish now.",
        )


def _video(draft: Draft, limits: YouTubeLimits, context: PreflightContext) -> Iterator[FaultView]:
    yield from _length(draft.duration_s or 0.0, limits, context)
    yield from _file_sizes(draft, limits)


def _length(
    duration_s: float, limits: YouTubeLimits, context: PreflightContext
) -> Iterator[FaultView]:
    error = _errors_in("")
    if duration_s > limits.video_s:
        hours = limits.video_s / 3600
        yield error(
            "video_too_long", f"YouTube allows {hours:g} hours at most.", "Mix fewer songs."
        )
    elif duration_s > limits.unverified_channel_s and not context.takes_long_videos:
        minutes = limits.unverified_channel_s / 60
        if context.takes_long_videos is None:
            yield _warning(
                "",
                "long_video",
                f"Videos over {minutes:g} minutes need a channel with a verified owner.",
                "YouTube does not say whether yours is: look at youtube.com/verify.",
            )
        else:
            yield error(
                "channel_not_verified",
                f"Your channel may not upload videos longer than {minutes:g} minutes yet.",
                "Verify your phone number at youtube.com/verify, then try again.",
            )


def _file_sizes(draft: Draft, limits: YouTubeLimits) -> Iterator[FaultView]:
    if (draft.video_bytes or 0) > limits.video_bytes:
        gigabytes = limits.video_bytes / 10**9
        yield _errors_in("")(
            "video_too_large",
            f"YouTube allows {gigabytes:g} GB at most.",
            "Render the video in a smaller size.",
        )
    if (draft.thumbnail_bytes or 0) > limits.thumbnail_bytes:
        megabytes = limits.thumbnail_bytes / 1024**2
        yield _errors_in("thumbnail")(
            "thumbnail_too_large",
            f"YouTube allows thumbnails of {megabytes:g} MB at most.",
            "Publish without the thumbnail.",
        )


def _quota(context: PreflightContext) -> Iterator[FaultView]:
    if context.uploads_left <= 0:
        yield _warning(
            "",
            "no_uploads_left",
            "This server's uploads for today are used up.",
            f"The upload waits until {context.uploads_reset_at:%Y-%m-%d %H:%M %Z}.",
        )


def _has_controls(text: str) -> bool:
    """Whether a text contains control characters or line breaks."""
    return any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def _has_visible(text: str) -> bool:
    """Whether a text contains anything visible: letters, signs, emoji."""
    return any(unicodedata.category(character)[0] in "LNPSM" for character in text)


def _errors_in(field: str) -> Callable[[str, str, str], FaultView]:
    return lambda code, message, hint: FaultView(field=field, code=code, message=message, hint=hint)


def _warning(field: str, code: str, message: str, hint: str = "") -> FaultView:
    return FaultView(field=field, code=code, message=message, hint=hint, is_warning=True)
