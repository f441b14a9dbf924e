"""Have a language model suggest metadata, and keep only what the mix's facts support."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from ...llm.access import LlmAccess
from ...llm.failure import LlmFailed
from ...llm.reply import CUT_OFF, Reply
from ..youtube.limits import tags_length
from .description import hashtag
from .graphemes import shortened_to
from .llm_fact_check import (
    KnownFacts,
    allowed_sentences,
    is_allowed_sentence,
    is_allowed_tag,
    known_facts,
    plain_text,
)
from .llm_prompt import metadata_question
from .template_context import MixFacts

if TYPE_CHECKING:
    from ...llm.connection import LlmConnection

log = logging.getLogger(__name__)

# YouTube Help, "Use hashtags for YouTube search & discovery"
# (support.google.com/youtube/answer/6390658): YouTube ignores all hashtags of a video with more
# than 60. The API accepts 15.
MAX_HASHTAGS = 15
MAX_TAGS = 50
_HASHTAG_CHARS = 60
_TAG_CHARS = 60
_HOOK_CHARS = 200
_BODY_CHARS = 1500
_READ_CHARS = 4000
"""Only this many characters of a field are read."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

NOTHING_LEFT = "the language model's text is not about the facts of the mix"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The supported part of a model's answer; ``notes`` say what was left out."""

    title: str
    intro: str
    hashtags: tuple[str, ...]
    tags: tuple[str, ...]
    notes: tuple[str, ...] = ()


def suggest_metadata(
    model: LlmAccess, facts: MixFacts, language: str, *, title_chars: int, tags_chars: int
) -> Suggestion:
    """Ask a model for metadata; after an unusable answer, ask once more.

    Raise ``LlmFailed`` if there is no usable answer.
    """
    known = known_facts(facts)

    def ask(connection: LlmConnection, complaint: str = "") -> Suggestion:
        question = metadata_question(facts, language, title_chars=title_chars, complaint=complaint)
        reply = connection.ask(question)
        return _supported(reply, known, language, title_chars=title_chars, tags_chars=tags_chars)

    def conversation(connection: LlmConnection) -> Suggestion:
        try:
            return ask(connection)
        except _Unusable as first:
            with suppress(LlmFailed):  # the first answer's reason is the better one
                return ask(connection, first.reason)
            raise

    try:
        found = model.run_conversation(conversation)
    except LlmFailed as failed:
        log.info("a language model wrote no metadata: %s", failed.reason)
        raise
    log.info("a language model wrote metadata; %d notes", len(found.notes))
    return found


class _Unusable(LlmFailed):
    """A reply that contains nothing supported; another reply may be better."""


def _supported(
    reply: Reply, known: KnownFacts, language: str, *, title_chars: int, tags_chars: int
) -> Suggestion:
    """Keep those parts of a reply that the facts support."""
    fields = _fields(reply)
    hook, lost_hook = allowed_sentences(_text(fields, "hook"), known, language)
    body, lost_body = allowed_sentences(_text(fields, "body"), known, language)
    parts = [_shorten(hook.replace("\n", " "), _HOOK_CHARS), _shorten(body, _BODY_CHARS)]
    intro = "\n\n".join(filter(None, parts))
    if not intro:
        raise _Unusable(NOTHING_LEFT)
    title, notes = _title(_text(fields, "title"), known, language, title_chars)
    if lost := lost_hook + lost_body:
        what = "1 sentence" if lost == 1 else f"{lost} sentences"
        notes.append(f"{what} by the language model left out: not supported by the mix's facts.")
    names = [one for one in _texts(fields, "hashtags") if _is_allowed(one, known, language)]
    tags = [one for one in _texts(fields, "tags") if _is_allowed(one, known, language)]
    return Suggestion(title, intro, _hashtags(names), fitting_tags(tags, tags_chars), tuple(notes))


def _fields(reply: Reply) -> Mapping[str, JsonValue]:
    """Parse the answer's fields; if it was cut off, the complete ones."""
    for found in reply.json():
        if isinstance(found, dict):
            return found
    beginning = reply.beginning()
    if isinstance(beginning, dict) and len(beginning) > 1:
        return dict(list(beginning.items())[:-1])
    raise _Unusable(CUT_OFF if isinstance(beginning, dict) else reply.unusable)


def _text(fields: Mapping[str, JsonValue], name: str) -> str:
    value = fields.get(name)
    return value[:_READ_CHARS] if isinstance(value, str) else ""


def _texts(fields: Mapping[str, JsonValue], name: str) -> list[str]:
    value = fields.get(name)
    if isinstance(value, str):
        value = list(value[:_READ_CHARS].replace("#", ",").split(","))
    texts = value[:200] if isinstance(value, list) else []
    return [_one_line(text[:200]).lstrip("#") for text in texts if isinstance(text, str)]


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split())


def _title(text: str, known: KnownFacts, language: str, title_chars: int) -> tuple[str, list[str]]:
    """Accept a title that reads like a sentence, or a headline of words allowed in tags."""
    title = _one_line(text)
    if title and (
        is_allowed_sentence(title, known, language) or is_allowed_tag(title, known, language)
    ):
        return shortened_to(title, title_chars), []
    return "", ["The language model's title left out: not supported by the mix's facts."]


def _shorten(text: str, n_characters: int) -> str:
    """Keep as many whole lines and sentences as fit."""
    if len(text) <= n_characters:
        return text
    start = text[:n_characters]
    end = max(start.rfind(mark) for mark in ".!?…。！？\n")
    return start[: end + 1].strip() if end > 0 else shortened_to(text, n_characters)


def _is_allowed(text: str, known: KnownFacts, language: str) -> bool:
    """Whether a tag is allowed; ``#DeepHouse`` counts as two words."""
    return is_allowed_tag(_CAMEL.sub(" ", text), known, language)


def _hashtags(texts: Iterable[str]) -> tuple[str, ...]:
    found = {one.casefold(): one for one in map(hashtag, texts) if 1 < len(one) <= _HASHTAG_CHARS}
    return tuple(list(found.values())[:MAX_HASHTAGS])


def fitting_tags(texts: Sequence[str], tags_chars: int) -> tuple[str, ...]:
    """Remove repetitions and keep as many tags as YouTube accepts."""
    tags: dict[str, str] = {}
    for text in texts:
        tag = " ".join(plain_text(text).replace(",", " ").replace('"', " ").split())
        more = {**tags, tag.casefold(): tag}
        if 0 < len(tag) <= _TAG_CHARS and tags_length(more.values()) <= tags_chars:
            tags = more
    return tuple(list(tags.values())[:MAX_TAGS])
