"""Read JSON that another version of Segue may have stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from ..errors import SegueError
from .base import Shape

Stored = TypeVar("Stored", bound=Shape)

_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class OtherVersion(SegueError, code="other_version"):
    """Stored data was written by another version in an incompatible form."""

    def __init__(self) -> None:
        super().__init__(
            "This was made by another version of Segue, which stored it differently.",
            hint="Its files can still be downloaded. To change or continue it, start it again.",
        )


def read_stored(shape: type[Stored], text: str | bytes) -> Stored:
    """Parse stored JSON.

    Raise :class:`OtherVersion` if it has unknown fields or lacks required ones.
    """
    try:
        return shape.model_validate_json(text)
    except ValidationError as e:
        raise OtherVersion from e


def read_lenient(default: Stored, text: str | bytes) -> Stored:
    """Parse a JSON object like :func:`merge_valid`; ``default`` for anything else."""
    try:
        return merge_valid(default, _OBJECT.validate_json(text))
    except ValidationError:
        return default


def merge_valid(default: Stored, values: Mapping[str, object]) -> Stored:
    """Take all valid fields of ``values``, and the others from ``default``.

    Ignores unknown fields. Returns ``default`` if the combination is invalid.
    """
    shape = type(default)
    try:
        return shape.model_validate(values, extra="ignore")
    except ValidationError as e:
        invalid = {str(error["loc"][0]) for error in e.errors() if error["loc"]}
    replaced = {name: getattr(default, name) for name in invalid & set(shape.model_fields)}
    try:
        return shape.model_validate({**values, **replaced}, extra="ignore")
    except ValidationError:
        return default
