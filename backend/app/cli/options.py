"""Options that several commands share, and requests built from options."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import ValidationError

from ..contract.base import Shape
from ..contract.stems import DRAFT
from ..errors import InvalidRequest, UnknownModel

MODELS = f"{DRAFT}, htdemucs, htdemucs_ft, htdemucs_6s or any other in DEMUCS_REPO"
FORMATS = ("mp3", "flac", "wav", "m4a", "opus")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The object with which a command registers itself."""

RequestT = TypeVar("RequestT", bound=Shape)


def add_track_options(parser: argparse.ArgumentParser) -> None:
    """Add the tracks and ``--out``."""
    parser.add_argument(
        "tracks", nargs="+", type=Path, metavar="TRACK", help="a sound file, or a folder of them"
    )
    add_out_option(parser)


def add_out_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--out``."""
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the folder for the files"
    )


def add_separator_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--model`` and ``--accept-weights-notice``."""
    parser.add_argument(
        "--model",
        help=f"the model that separates stems: {MODELS} (default: the setting DEMUCS_MODEL)",
    )
    add_notice_option(parser)


def add_notice_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--accept-weights-notice``."""
    parser.add_argument(
        "--accept-weights-notice",
        action="store_true",
        help="you have read the terms of a model's weights; they may be fetched",
    )


def model_name(text: str | None) -> str | None:
    """Check the name of a model; None if the option is not given.

    An empty name, as from an unset shell variable, is an error: the default model might download
    weights.
    """
    if text is not None and not text.strip():
        raise UnknownModel("The model's name is empty.", hint=f"Name {MODELS}.")
    return text


def comma_separated(text: str | None) -> list[str] | None:
    """Split ``drums,vocals``; None if the option is not given.

    >>> comma_separated("drums, vocals")
    ['drums', 'vocals']
    """
    return None if text is None else [name.strip() for name in text.split(",")]


def validated(
    shape: type[RequestT], values: Mapping[str, object], options: Mapping[str, str]
) -> RequestT:
    """Build a request from options; :class:`InvalidRequest` names an invalid one.

    ``options`` maps field names to those options that are named differently.
    """
    try:
        return shape.model_validate(values)
    except ValidationError as e:
        first = e.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        option = options.get(".".join(map(str, first["loc"])), options.get(field, field))
        rule = _range(shape, field) or _rule(e)
        raise InvalidRequest(f"--{option}: {rule}.") from e


def _range(shape: type[Shape], field: str) -> str:
    """The allowed range of a numeric field, if it has one."""
    known = shape.model_fields.get(field)
    limits = known.metadata if known else []
    ends = [getattr(one, end) for end in ("ge", "le") for one in limits if hasattr(one, end)]
    return f"between {ends[0]:g} and {ends[1]:g}" if len(ends) == 2 else ""


def _rule(refusal: ValidationError) -> str:
    """Describe what the first invalid field allows."""
    error = refusal.errors()[0]
    limits = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"{limits['expected']}, not “{error['input']}”".replace("'", "")
    if error["type"] == "string_too_long":
        return f"{limits['max_length']} characters at most"
    if error["type"] == "too_long":
        return f"{limits['max_length']} of them at most"
    return error["msg"]
