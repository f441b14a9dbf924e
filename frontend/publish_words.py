"""Publishing as a person would say it: who may see a video, what a description takes up."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.publishing import Privacy, PublicationState, PublicationView, Writer

from . import words
from .publishing import Audience

AUDIENCES: dict[Audience, str] = {
    "private": "Private",
    "unlisted": "Unlisted",
    "public": "Public",
    "later": "Public at a time",
}
AUDIENCES_MEAN: dict[Audience, str] = {
    "private": "Only you, until you change it on YouTube.",
    "unlisted": "Whoever has the link.",
    "public": "Everybody, at once.",
    "later": "Only you until then, everybody from then on.",
}
SEEN_BY: dict[Privacy, str] = {
    "private": "Private: only you can see it.",
    "unlisted": "Unlisted: whoever has the link can see it.",
    "public": "Public: everybody can see it.",
}
#: YouTube Data API v3, videos.insert: what a project uploads that was never audited.
KEPT_PRIVATE = "YouTube keeps it private while Google has not audited this server's project."
STATES: dict[PublicationState, str] = {
    "waiting": "Waiting",
    "preparing": "Being prepared",
    "uploading": "On its way",
    "processing": "YouTube is working on it",
    "published": "Published",
    "failed": "Stopped by an error",
    "cancelled": "Cancelled",
}
WRITERS: dict[Writer, str] = {"template": "From a template", "llm": "By a language model"}
#: What stands in a description where nobody says anything else.
NO_INTRO = "Left empty, it is the title"
NO_HASHTAGS = {"mixtape": "#mixtape #djmix", "mashup": "#mashup"}
#: YouTube Data API v3, videoCategories.list: those that a mix may lie in.
CATEGORIES = {
    "10": "Music",
    "24": "Entertainment",
    "22": "People and blogs",
    "1": "Film and animation",
    "20": "Gaming",
    "17": "Sports",
    "19": "Travel and events",
}
#: By themselves, as YouTube's own list has them.
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
#: YouTube Data API v3, videos: snippet.title, snippet.description, snippet.tags[]. Only counted
#: here; what is too long is told by the API, which may have other limits set.
TITLE_CHARS, DESCRIPTION_BYTES, TAGS_CHARS = 100, 5000, 500
#: Of these, what is left beside the tag by which Segue knows a video for its own.
OWN_TAGS_CHARS = TAGS_CHARS - len(",segue-0123abcd")


def tags_length(tags: Sequence[str]) -> int:
    """The characters of tags as YouTube counts: with commas, and quotes where there is a space."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def seen_by(publication: PublicationView, zone: str | None, *, is_audited: bool) -> str:
    """Who can see a video, and from when on; YouTube publishes for audited projects only."""
    if not is_audited and (publication.publish_at or publication.privacy != "private"):
        return f"Asked for: {asked_for(publication, zone)}. {KEPT_PRIVATE}"
    if publication.publish_at:
        return f"Private until it goes public {words.when(publication.publish_at, zone)}."
    return SEEN_BY[publication.privacy]


def asked_for(publication: PublicationView, zone: str | None) -> str:
    """Who was to see a video."""
    if publication.publish_at:
        return f"public {words.when(publication.publish_at, zone)}"
    return publication.privacy


def in_short(publication: PublicationView) -> str:
    """Where a publication stands, in a few words."""
    if publication.state != "published":
        return STATES[publication.state]
    seen = "goes public by itself" if publication.publish_at else publication.privacy
    return f"On YouTube, {seen}"


def uploads_left(left: int, a_day: int) -> str:
    """What is left of a day's uploads."""
    return f"{left} of {a_day} uploads left today" if left else "No uploads left today"
