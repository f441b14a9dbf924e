"""Replies of a language model, and the JSON in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue, TypeAdapter, ValidationError

NOTHING = "the language model answered nothing"
NO_JSON = "the language model's answer is not the JSON it was asked for"
CUT_OFF = "the language model's answer was cut off"

_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
_FENCE = "```"


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's text; ``cut_off`` if it reached the length limit."""

    text: str
    cut_off: bool = False

    @property
    def unusable(self) -> str:
        """The reason to give if the reply contains no usable JSON."""
        if self.cut_off:
            return CUT_OFF
        return NO_JSON if self.text.strip() else NOTHING

    def json(self) -> Iterator[JsonValue]:
        """Parse as JSON the whole text, then its fenced part, then what is between braces."""
        text = self._answer
        for span in (text, _unfenced(text), text[text.find("{") : text.rfind("}") + 1]):
            try:
                yield _JSON.validate_json(span)
            except ValidationError:
                continue

    def beginning(self) -> JsonValue:
        """Parse JSON that was cut off; its last value may be incomplete."""
        text = self._answer
        try:
            return _JSON.validate_json(text[text.find("{") :], experimental_allow_partial=True)
        except ValidationError:
            return None

    @property
    def _answer(self) -> str:
        """The text after a reasoning model's thoughts."""
        return self.text.rpartition("</think>")[2]


def _unfenced(text: str) -> str:
    """The text between the first two Markdown fences."""
    return text.partition(_FENCE)[2].partition(_FENCE)[0].removeprefix("json")
