"""What a language model said, and the JSON that is in it somewhere."""

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
    """What a model said; ``cut_off`` where it stopped in the middle."""

    text: str
    cut_off: bool = False

    @property
    def unusable(self) -> str:
        """Why there is no use in it, where there is none."""
        if self.cut_off:
            return CUT_OFF
        return NO_JSON if self.text.strip() else NOTHING

    def json(self) -> Iterator[JsonValue]:
        """What may be the answer: all of it, what is fenced, what is between braces."""
        text = self._spoken
        for span in (text, _unfenced(text), text[text.find("{") : text.rfind("}") + 1]):
            try:
                yield _JSON.validate_json(span)
            except ValidationError:
                continue

    def beginning(self) -> JsonValue:
        """What is whole of JSON that was cut off, and a last value that may be cut itself."""
        text = self._spoken
        try:
            return _JSON.validate_json(text[text.find("{") :], experimental_allow_partial=True)
        except ValidationError:
            return None

    @property
    def _spoken(self) -> str:
        """What was said after a reasoning model's thoughts."""
        return self.text.rpartition("</think>")[2]


def _unfenced(text: str) -> str:
    """What stands between the first two fences of Markdown."""
    return text.partition(_FENCE)[2].partition(_FENCE)[0].removeprefix("json")
