"""Texts of the publish page: audiences, states, categories, languages, limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from backend.app.contract.publishing import Privacy, PublicationState, PublicationView, Writer

from . import figures

#: A privacy setting of YouTube, or “later”: private until a scheduled time.
Audience = Literal["private", "unlisted", "public", "later"]

AUDIENCES: dict[Audience, str] = {
    "private": "Private",
    "unlisted": "Unlisted",
    "public": "Public",
    "later": "Scheduled",
}
AUDIENCE_HELP: dict[Audience, str] = {
    "private": "Only you, until you change it.",
    "unlisted": "Anyone with the link.",
    "public": "Everyone, right away.",
    "later": "Private until the time you choose, then public.",
}
#: The same, if the video waits for YouTube's checks.
AUDIENCE_AFTER_CHECKS: dict[Audience, str] = {
    "private": AUDIENCE_HELP["private"],
    "unlisted": "Only you until YouTube's checks, then anyone with the link.",
    "public": "Only you until YouTube's checks, then everyone.",
    "later": "Only you until YouTube's checks and the time you choose, then everyone.",
}
SEEN_BY: dict[Privacy, str] = {
    "private": "Private: only you can see it.",
    "unlisted": "Unlisted: anyone with the link can see it.",
    "public": "Public: everyone can see it.",
}
STATES: dict[PublicationState, str] = {
    "waiting": "Waiting",
    "preparing": "Preparing",
    "uploading": "Uploading",
    "processing": "YouTube is processing it",
    "published": "Published",
    "rejected": "Rejected by YouTube",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
#: YouTube Studio lists all videos of a channel, private and unfinished ones too.
STUDIO = "https://studio.youtube.com"
WRITERS: dict[Writer, str] = {"template": "Template", "llm": "Language model"}
#: Placeholders of empty fields: the text that is used instead.
NO_INTRO = "If empty: none"
NO_HASHTAGS = {
    "mixtape": "If empty: the files' genres, else #mixtape #djmix",
    "mashup": "If empty: #mashup, its vibe, the files' genres",
}
#: Characters of a description that a search on YouTube shows, more or less.
SEARCH_CHARS = 150
#: The categories of YouTube (Data API v3, videoCategories.list) that suit a mix.
CATEGORIES = {
    "10": "Music",
    "24": "Entertainment",
    "22": "People and blogs",
    "1": "Film and animation",
    "20": "Gaming",
    "17": "Sports",
    "19": "Travel and events",
}
#: Each language has its own name for itself, as on YouTube.
LANGUAGES = {
    "en": "English",
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "pt-BR": "Português (Brasil)",
    "ro": "Română",
    "ru": "Русский",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh-Hans": "中文（简体）",
    "zh-Hant": "中文（繁體）",
}
#: YouTube's limits (Data API v3, videos: snippet.title, snippet.description, snippet.tags[]). The
#: page only counts; the API checks, and may be set to other limits.
TITLE_CHARS, DESCRIPTION_BYTES, TAGS_CHARS = 100, 5000, 500
#: Characters left for the user's tags: Segue adds one tag to recognise its own videos.
USER_TAGS_CHARS = TAGS_CHARS - len(",segue-0123abcd")


def tags_length(tags: Sequence[str]) -> int:
    """Count the characters of tags as YouTube does, with commas and quotes.

    YouTube puts quotes round tags that contain spaces.
    """
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def seen_by(publication: PublicationView, zone: str | None) -> str:
    """Say who can see a video, and from when on."""
    if publication.state == "rejected":
        return "It cannot be watched."
    if publication.then_privacy:
        return f"Private until YouTube's checks are done, then {after_checks(publication, zone)}."
    if at := publication.publish_at:
        when = figures.relative_time(at, zone)
        if is_due(publication):
            return f"It was due to go public {when}. YouTube Studio shows whether it is."
        return f"Private now, public {when}."
    return SEEN_BY[publication.privacy]


def is_due(publication: PublicationView) -> bool:
    """Whether a scheduled video should be public by now, though no look has shown it."""
    at = publication.publish_at
    return at is not None and at <= datetime.now(UTC)


def after_checks(publication: PublicationView, zone: str | None) -> str:
    """Say what a video becomes after YouTube's checks."""
    at = publication.then_publish_at
    return f"public {figures.relative_time(at, zone)}" if at else str(publication.then_privacy)


def looks(publication: PublicationView, zone: str | None, *, is_connected: bool = True) -> str:
    """Say when Segue last checked the video on YouTube, and when it checks next."""
    if publication.looked_at is None:
        return ""
    looked = f"Last checked on YouTube {figures.relative_time(publication.looked_at, zone)}"
    again = publication.looks_again_at
    if again and not is_connected:
        return f"{looked}. Checks continue when the channel is connected again."
    return f"{looked}, next check {figures.relative_time(again, zone)}." if again else f"{looked}."


def publication_state(publication: PublicationView) -> str:
    """Say the state of a publication in a few words."""
    if publication.state == "rejected":
        return refused(publication)
    if publication.state == "processing" and publication.then_privacy:
        return "Waiting for YouTube's checks"
    if publication.state != "published":
        return STATES[publication.state]
    audience: str = "scheduled" if publication.publish_at else publication.privacy
    if is_due(publication):
        audience = "due to be public"
    return f"On YouTube, {audience}{', with a remark' if publication.remarks else ''}"


def refused(publication: PublicationView) -> str:
    """Say in a few words why the video cannot be watched."""
    codes = [remark.code for remark in publication.remarks if remark.is_refusal]
    if "video_deleted" in codes:
        return "No longer on YouTube"
    is_broken = any(code.startswith("video_failed") for code in codes)
    return "YouTube could not process it" if is_broken else STATES["rejected"]


def uploads_left(left: int, per_day: int) -> str:
    """Say how many uploads are left today."""
    return f"{left} of {per_day} uploads left today" if left else "No uploads left today"
