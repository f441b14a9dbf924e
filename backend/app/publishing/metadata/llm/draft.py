"""A language model's metadata before they are checked, with placeholders."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from ..graphemes import shortened_to
from .placeholders import fill_in
from .rules import plain_text, sentences_in

_READ_CHARS = 4000
"""Only this many characters of a field are read."""
_READ_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """Title, sentences, hashtags and tags, as a model wrote them."""

    title: str
    hook: Sequence[str]
    body: Sequence[str]
    hashtags: Sequence[str]
    tags: Sequence[str]

    @property
    def sentences(self) -> list[str]:
        """The sentences of hook and body."""
        return [*self.hook, *self.body]

    @property
    def texts(self) -> list[str]:
        """All texts, each once."""
        every = [self.title, *self.sentences, *self.hashtags, *self.tags]
        return list(filter(None, dict.fromkeys(every)))

    def publishable(
        self, faults: Container[str], values: Mapping[str, str], language: str
    ) -> Draft:
        """Leave out texts with faults, fill in placeholders, and capitalise sentences."""

        def tags(texts: Iterable[str]) -> list[str]:
            return [fill_in(text, values) for text in texts if text not in faults]

        def sentences(texts: Iterable[str]) -> list[str]:
            kept = (text for text in texts if text not in faults)
            return [fill_in(capitalised(text, language), values) for text in kept]

        return Draft(
            "".join(sentences([self.title])),
            sentences(self.hook),
            sentences(self.body),
            tags(self.hashtags),
            tags(self.tags),
        )

    def left_out(self, faults: Mapping[str, str]) -> str:
        """Say how much has faults, and which; empty if nothing has."""
        lists = {"sentences": self.sentences, "hashtags": self.hashtags, "tags": self.tags}
        lost = {name: sum(text in faults for text in texts) for name, texts in lists.items()}
        parts = ["the title"] if self.title in faults else []
        parts += [f"{n} of {len(lists[name])} {name}" for name, n in lost.items() if n]
        return f"{', '.join(parts)} ({'; '.join(dict.fromkeys(faults.values()))})" if parts else ""


def draft_of(fields: Mapping[str, JsonValue]) -> Draft:
    """Read a model's fields; missing ones and other types are empty."""
    return Draft(
        title=_one_line(_text(fields, "title")),
        hook=sentences_in(_text(fields, "hook")),
        body=sentences_in(_text(fields, "body")),
        hashtags=_texts(fields, "hashtags"),
        tags=_texts(fields, "tags"),
    )


def capitalised(sentence: str, language: str) -> str:
    """Begin a sentence with a capital, unless it begins with a placeholder."""
    at = len(re.split(r"[\w{]", sentence, maxsplit=1)[0])
    first = sentence[at : at + 1]
    dotted = first == "i" and language.lower().split("-")[0] in ("tr", "az")
    return sentence[:at] + ("İ" if dotted else first.title()) + sentence[at + 1 :]


def joined(sentences: Iterable[str], n_characters: int) -> str:
    """Join as many sentences as fit; if the first does not, cut it."""
    text = ""
    for sentence in sentences:
        gap = "" if not text or text[-1] in "。！？」』" else " "
        if len(text + gap + sentence) > n_characters:
            return text or shortened_to(sentence, n_characters)
        text += gap + sentence
    return text


def _text(fields: Mapping[str, JsonValue], name: str) -> str:
    value = fields.get(name)
    return value[:_READ_CHARS] if isinstance(value, str) else ""


def _texts(fields: Mapping[str, JsonValue], name: str) -> list[str]:
    value = fields.get(name)
    if isinstance(value, str):
        value = list(value[:_READ_CHARS].replace("#", ",").split(","))
    texts = value[:_READ_ITEMS] if isinstance(value, list) else []
    lines = [_one_line(text[:200].lstrip("#")) for text in texts if isinstance(text, str)]
    return list(filter(None, lines))


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split())
