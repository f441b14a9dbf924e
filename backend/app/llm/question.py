"""A question to a language model, with a schema for its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

AnswerFormat = Literal["json_schema", "json_object", "text"]
"""What enforces the schema: the server; the server, but only as JSON; the prompt alone."""

FORMATS: tuple[AnswerFormat, ...] = ("json_schema", "json_object", "text")


@dataclass(frozen=True, slots=True)
class Messages:
    """The system message and the user message."""

    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the schema of its answer."""

    instructions: str
    data: str  # in JSON
    schema_name: str  # letters only
    schema: JsonValue  # limited to what strict mode accepts, see `strict`
    complaint: str = ""  # what was wrong with the previous answer

    def messages(self, answer_format: AnswerFormat) -> Messages:
        """The messages to send; they contain the schema if the server does not enforce it."""
        parts = [self.instructions]
        if answer_format != "json_schema":
            parts.append("Your answer must fit this JSON schema:\n" + json.dumps(self.schema))
        if self.complaint:
            parts.append(f"Your last answer could not be used: {self.complaint}. Answer anew.")
        return Messages("\n\n".join(parts), self.data)

    def response_format(self, answer_format: AnswerFormat) -> JsonValue:
        """The request's ``response_format``; None if the server enforces nothing."""
        if answer_format == "text":
            return None
        if answer_format == "json_object":
            return {"type": answer_format}
        schema: JsonValue = {"name": self.schema_name, "strict": True, "schema": self.schema}
        return {"type": answer_format, answer_format: schema}


# OpenAI's strict mode requires every field, and supports neither text lengths nor defaults.
_NOT_STRICT = ("default", "title", "minLength", "maxLength")


def strict(node: JsonValue, choices: Mapping[str, Sequence[str]]) -> JsonValue:
    """Adapt a pydantic schema to strict mode; ``choices`` are allowed values by field."""
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
