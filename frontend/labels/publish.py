"""Publishing as text: audiences, states, categories, languages, YouTube's text limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from backend.app.contract.publishing import Privacy, PublicationState, PublicationView, Writer

from . import figures

#: YouTube's privacy, or private until a scheduled time.
Audience = Literal["private", "unlisted", "public", "later"]

AUDIENCES: dict[Audience, str] = {
    "private": "Private",
    "unlisted": "Unlisted",
    "public": "Public",
    "later": "Scheduled",
}
AUDIENCE_HELP: dict[Audience, str] = {
    "private": "Only you, until you change it on YouTube.",
    "unlisted": "Anyone with the link.",
    "public": "Everyone, right away.",
    "later": "Private until the time you choose, then public.",
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
    "failed": "Failed",
    "cancelled": "Cancelled",
}
WRITERS: dict[Writer, str] = {"template": "Template", "llm": "Language model"}
#: Placeholders: what the template uses for an empty field.
NO_INTRO = "If empty: the title"
NO_HASHTAGS = {"mixtape": "If empty: #mixtape #djmix", "mashup": "If empty: #mashup"}
#: YouTube Data API v3, videoCategories.list: those that suit a mix.
CATEGORIES = {
    "10": "Music",
    "24": "Entertainment",
    "22": "People and blogs",
    "1": "Film and animation",
    "20": "Gaming",
    "17": "Sports",
    "19": "Travel and events",
}
#: Each in its own language, as on YouTube.
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
#: YouTube Data API v3, videos: snippet.title, snippet.description, snippet.tags[]. The page only
#: counts; the API checks, and may have other limits set.
TITLE_CHARS, DESCRIPTION_BYTES, TAGS_CHARS = 100, 5000, 500
#: What remains beside the tag by which Segue recognises its own videos.
USER_TAGS_CHARS = TAGS_CHARS - len(",segue-0123abcd")


def tags_length(tags: Sequence[str]) -> int:
    """Count tags as YouTube does: with commas, and with quotes round tags that have spaces."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def seen_by(publication: PublicationView, zone: str | None) -> str:
    """Who can see a video, and from when on."""
    if publication.publish_at:
        return f"Private now, public {figures.relative_time(publication.publish_at, zone)}."
    return SEEN_BY[publication.privacy]


def publication_state(publication: PublicationView) -> str:
    """The state of a publication in a few words."""
    if publication.state != "published":
        return STATES[publication.state]
    audience = "scheduled" if publication.publish_at else publication.privacy
    return f"On YouTube, {audience}"


def uploads_left(left: int, per_day: int) -> str:
    """How many of a day's uploads are left."""
    return f"{left} of {per_day} uploads left today" if left else "No uploads left today"
