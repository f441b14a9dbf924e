"""A question to a language model, and how its answer is held to a shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

AnswerForm = Literal["json_schema", "json_object", "text"]
"""How an answer is held to its shape: by the server, to JSON only, or by the prompt alone."""

FORMS: tuple[AnswerForm, ...] = ("json_schema", "json_object", "text")


@dataclass(frozen=True, slots=True)
class Messages:
    """What the system says to the model, and what the user."""

    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the shape that the answer must have.

    Attributes
    ----------
    instructions : what the model is to do
    data : what to do it with, as JSON
    shape : a name for the answer, in letters
    schema : of the answer, in the part of JSON schema that servers take (see :func:`strict`)
    complaint : what was wrong with an answer before; empty: this is the first question
    """

    instructions: str
    data: str
    shape: str
    schema: JsonValue
    complaint: str = ""

    def messages(self, form: AnswerForm) -> Messages:
        """The words; they have the answer's shape in them where no server holds to it."""
        said = [self.instructions]
        if form != "json_schema":
            said.append("Your answer must fit this JSON schema:\n" + json.dumps(self.schema))
        if self.complaint:
            said.append(f"Your last answer could not be used: {self.complaint}. Answer anew.")
        return Messages("\n\n".join(said), self.data)

    def response_format(self, form: AnswerForm) -> JsonValue:
        """How the server is asked to hold the answer to its shape; None: not at all."""
        if form == "text":
            return None
        if form == "json_object":
            return {"type": form}
        return {"type": form, form: {"name": self.shape, "strict": True, "schema": self.schema}}


# OpenAI's strict mode wants every field required and knows no lengths of text and no defaults.
_NOT_STRICT = ("default", "title", "minLength", "maxLength")


def strict(node: JsonValue, choices: Mapping[str, Sequence[str]]) -> JsonValue:
    """A schema of pydantic's as strict mode takes it, with ``choices`` for the fields so named."""
    if isinstance(node, list):
        return [strict(part, choices) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {name: strict(part, choices) for name, part in node.items() if name not in _NOT_STRICT}
    if isinstance(fields := node.get("properties"), dict):
        kept["properties"] = {
            name: {"type": "string", "enum": list(choices[name])}
            if name in choices
            else strict(field, choices)
            for name, field in fields.items()
        }
        kept["required"] = list(fields)
    return kept
