"""Have a language model suggest metadata; use what the rules and a second question let pass."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ....llm.access import LlmAccess
from ....llm.failure import LlmFailed
from ....llm.reply import CUT_OFF, Reply
from ...youtube.limits import tags_length
from ..description import hashtag
from ..graphemes import shortened_to
from ..template_context import MixFacts
from .draft import Draft, draft_of, joined
from .placeholders import one_line, placeholder_values
from .prompt import CHECK_REASONS, Verdict, check_question, metadata_question
from .rules import fault_in

if TYPE_CHECKING:
    from ....llm.connection import LlmConnection

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

NOTHING_WRITTEN = "the language model wrote no sentences"
UNCHECKED = "the language model did not check its text"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The usable part of a model's answer; ``left_out`` says what is missing."""

    title: str
    intro: str
    hashtags: tuple[str, ...]
    tags: tuple[str, ...]
    left_out: str = ""


def suggest_metadata(
    model: LlmAccess, facts: MixFacts, *, title_chars: int, tags_chars: int
) -> Suggestion:
    """Ask a model for metadata; if under half of its sentences pass, ask once more.

    Raise ``LlmFailed`` if there is no usable answer, or if the model did not check it.
    """
    ask = partial(_ask, facts=facts, title_chars=title_chars, tags_chars=tags_chars)

    def conversation(connection: LlmConnection) -> Suggestion:
        try:
            return ask(connection)
        except _Unusable as first:
            return ask(connection, complaint=first.reason)

    try:
        found = model.run_conversation(conversation)
    except LlmFailed as failed:
        log.info("a language model wrote no metadata: %s", failed.reason)
        raise
    log.info("a language model wrote metadata; left out: %s", found.left_out or "nothing")
    return found


def _ask(
    connection: LlmConnection,
    *,
    facts: MixFacts,
    title_chars: int,
    tags_chars: int,
    complaint: str = "",
) -> Suggestion:
    """Ask for metadata once, and check the answer; ``complaint`` says what the last one lacked."""
    language, values = facts.language, placeholder_values(facts)
    question = metadata_question(values, language, title_chars=title_chars, complaint=complaint)
    draft = _draft(connection.ask(question))
    faults = _faults(draft, connection, values, language)
    kept = draft.publishable(faults, values, language)
    intro = [joined(kept.hook, _HOOK_CHARS), joined(kept.body, _BODY_CHARS)]
    return Suggestion(
        shortened_to(kept.title, title_chars),
        "\n\n".join(filter(None, intro)),
        _hashtags(kept.hashtags),
        fitting_tags(kept.tags, tags_chars),
        draft.left_out(faults),
    )


class _Unusable(LlmFailed):
    """A reply of which too little is left; another reply may be better."""


def _draft(reply: Reply) -> Draft:
    """Read the answer; if it was cut off, its complete fields."""
    for found in reply.json():
        if isinstance(found, dict):
            return draft_of(found)
    beginning = reply.beginning()
    if isinstance(beginning, dict) and len(beginning) > 1:
        return draft_of(dict(list(beginning.items())[:-1]))
    raise _Unusable(CUT_OFF if isinstance(beginning, dict) else reply.unusable)


def _faults(
    draft: Draft, connection: LlmConnection, values: Mapping[str, str], language: str
) -> dict[str, str]:
    """Map texts to what is wrong with them, by the rules and by the second question."""
    faults = {text: fault for text in draft.texts if (fault := fault_in(text, values, language))}
    _require_half(draft, faults)
    others = [text for text in draft.texts if text not in faults]
    faults |= _verdict(connection.ask(check_question(others, language)), others)
    _require_half(draft, faults)
    return faults


def _require_half(draft: Draft, faults: Mapping[str, str]) -> None:
    if not draft.sentences:
        raise _Unusable(NOTHING_WRITTEN)
    n_lost = sum(one in faults for one in draft.sentences)
    if 2 * n_lost > len(draft.sentences):
        raise _Unusable(f"over half of its text had to be left out: {draft.left_out(faults)}")


def _verdict(reply: Reply, texts: Sequence[str]) -> dict[str, str]:
    """Read the answer to the second question; if it is unusable, so are the texts."""
    for found in reply.json():
        try:
            removals = Verdict.model_validate(found).remove
        except ValidationError:
            continue
        if all(0 < one.number <= len(texts) for one in removals):
            other = CHECK_REASONS["claim"]
            return {texts[one.number - 1]: CHECK_REASONS.get(one.why, other) for one in removals}
    raise LlmFailed(UNCHECKED)


def _hashtags(texts: Iterable[str]) -> tuple[str, ...]:
    found = {one.casefold(): one for one in map(hashtag, texts) if 1 < len(one) <= _HASHTAG_CHARS}
    return tuple(list(found.values())[:MAX_HASHTAGS])


def fitting_tags(texts: Iterable[str], tags_chars: int) -> tuple[str, ...]:
    """Remove repetitions and keep as many tags as YouTube accepts."""
    tags: dict[str, str] = {}
    for text in texts:
        tag = one_line(re.sub('[<>,"]', " ", text))
        more = {**tags, tag.casefold(): tag}
        if 0 < len(tag) <= _TAG_CHARS and tags_length(more.values()) <= tags_chars:
            tags = more
    return tuple(list(tags.values())[:MAX_TAGS])
