"""Words by a language model: it may suggest, and nothing that it says is taken for a fact."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from ..llm.access import LlmAccess
from ..llm.failure import LlmFailed
from ..llm.reply import CUT_OFF, Reply
from .claims import Known, known_of, may_be_listed, may_stand, plain, sentences
from .description import hashtag
from .graphemes import shortened_to
from .limits import tags_length
from .offered import Words
from .words_prompt import question_about

if TYPE_CHECKING:
    from ..llm.line import Line

log = logging.getLogger(__name__)

# YouTube Help, "Use hashtags for YouTube search & discovery" (support.google.com/youtube/answer/
# 6390658): of a video with more than 60 hashtags all are ignored. 15 is what a person may ask for.
MOST_HASHTAGS = 15
MOST_TAGS = 50
_HASHTAG_CHARS = 60
_TAG_CHARS = 60
_HOOK_CHARS = 200
_BODY_CHARS = 1500
_READ_CHARS = 4000
"""Of one field so much is looked at; more is nothing that was asked for."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

NOTHING_LEFT = "what the language model wrote is not about what is known of the mix"


@dataclass(frozen=True, slots=True)
class Suggested:
    """What holds of a model's words. ``title`` may be empty; ``notes`` tell what was left out."""

    title: str
    intro: str
    hashtags: tuple[str, ...]
    tags: tuple[str, ...]
    notes: tuple[str, ...] = ()


def suggested(
    model: LlmAccess, words: Words, language: str, *, title_chars: int, tags_chars: int
) -> Suggested:
    """What a model suggests in time.

    Raises
    ------
    LlmFailed
        If nothing came of it; why, in words that end a sentence.
    """
    known = known_of(words)

    def ask(line: Line, complaint: str = "") -> Suggested:
        question = question_about(words, language, title_chars=title_chars, complaint=complaint)
        reply = line.ask(question)
        return _held(reply, known, language, title_chars=title_chars, tags_chars=tags_chars)

    def conversation(line: Line) -> Suggested:
        try:
            return ask(line)
        except _Unusable as first:
            with suppress(LlmFailed):  # what was wrong with the first answer is the better reason
                return ask(line, first.words)
            raise

    try:
        found = model.talk(conversation)
    except LlmFailed as failed:
        log.info("a language model wrote no words: %s", failed.words)
        raise
    log.info("a language model wrote words; %d notes", len(found.notes))
    return found


class _Unusable(LlmFailed):
    """A reply with nothing in it that holds; another may have."""


def _held(
    reply: Reply, known: Known, language: str, *, title_chars: int, tags_chars: int
) -> Suggested:
    """What holds of a reply."""
    fields = _fields(reply)
    hook, lost_hook = sentences(_text(fields, "hook"), known, language)
    body, lost_body = sentences(_text(fields, "body"), known, language)
    parts = [_within(hook.replace("\n", " "), _HOOK_CHARS), _within(body, _BODY_CHARS)]
    intro = "\n\n".join(filter(None, parts))
    if not intro:
        raise _Unusable(NOTHING_LEFT)
    title, notes = _title(_text(fields, "title"), known, language, title_chars)
    if lost := lost_hook + lost_body:
        what = "1 sentence" if lost == 1 else f"{lost} sentences"
        notes.append(f"{what} of the language model's said what is not known of the mix; left out.")
    stand = [one for one in _texts(fields, "hashtags") if _is_known(one, known, language)]
    tags = [one for one in _texts(fields, "tags") if _is_known(one, known, language)]
    return Suggested(title, intro, _hashtags(stand), fitting_tags(tags, tags_chars), tuple(notes))


def _fields(reply: Reply) -> Mapping[str, JsonValue]:
    """The answer's fields; of one that was cut off those that are whole."""
    for found in reply.json():
        if isinstance(found, dict):
            return found
    begun = reply.beginning()
    if isinstance(begun, dict) and len(begun) > 1:
        return dict(list(begun.items())[:-1])
    raise _Unusable(CUT_OFF if isinstance(begun, dict) else reply.unusable)


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
    return " ".join(plain(text).split())


def _title(text: str, known: Known, language: str, title_chars: int) -> tuple[str, list[str]]:
    """A title, in the capitals of a sentence or, where no word of it is strange, of a headline."""
    title = _one_line(text)
    if title and (may_stand(title, known, language) or may_be_listed(title, known, language)):
        return shortened_to(title, title_chars), []
    return "", ["The language model's title says what is not known of the mix; its own stands."]


def _within(text: str, n_characters: int) -> str:
    """As many lines and sentences of the text as there is room for."""
    if len(text) <= n_characters:
        return text
    kept = text[:n_characters]
    end = max(kept.rfind(mark) for mark in ".!?…。！？\n")
    return kept[: end + 1].strip() if end > 0 else shortened_to(text, n_characters)


def _is_known(text: str, known: Known, language: str) -> bool:
    """Whether a tag may stand; ``#DeepHouse`` is two words, and a name may be in small letters."""
    return may_be_listed(_CAMEL.sub(" ", text), known, language)


def _hashtags(texts: Iterable[str]) -> tuple[str, ...]:
    found = {one.casefold(): one for one in map(hashtag, texts) if 1 < len(one) <= _HASHTAG_CHARS}
    return tuple(list(found.values())[:MOST_HASHTAGS])


def fitting_tags(texts: Sequence[str], tags_chars: int) -> tuple[str, ...]:
    """Tags, each once, as many as YouTube takes together."""
    kept: dict[str, str] = {}
    for text in texts:
        tag = " ".join(plain(text).replace(",", " ").replace('"', " ").split())
        more = {**kept, tag.casefold(): tag}
        if 0 < len(tag) <= _TAG_CHARS and tags_length(more.values()) <= tags_chars:
            kept = more
    return tuple(list(kept.values())[:MOST_TAGS])
