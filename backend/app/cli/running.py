"""A job run in the shell's own process, told on the screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import ValidationError

from ..contract.base import Shape
from ..errors import InvalidRequest
from ..jobs.messages import Done, Failed, Message, Noted, Order, Progressed, StepFinished
from ..jobs.pipeline import JobT, Pipeline
from ..jobs.runner import run_order
from ..jobs.workspace import Workspace
from .tracks import no_folder

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command registers itself with."""

Telling: TypeAlias = Callable[[Path], Iterable[str]]
"""The lines that tell a person of what lies in a folder."""

RequestT = TypeVar("RequestT", bound=Shape)


def checked(
    shape: type[RequestT], wishes: Mapping[str, object], options: Mapping[str, str]
) -> RequestT:
    """The request for these wishes, which makes sense in itself.

    Raises
    ------
    InvalidRequest
        If it does not; it names the option. ``options`` has those that are not called like the
        request's field.
    """
    try:
        return shape.model_validate(wishes)
    except ValidationError as e:
        first = e.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        option = options.get(".".join(map(str, first["loc"])), options.get(field, field))
        rule = _ends(shape, field) or _rule(e)
        raise InvalidRequest(f"--{option}: {rule}.") from e


def _ends(shape: type[Shape], field: str) -> str:
    """Between which two numbers a field of the request has to lie, if any."""
    known = shape.model_fields.get(field)
    limits = known.metadata if known else []
    ends = [getattr(one, end) for end in ("ge", "le") for one in limits if hasattr(one, end)]
    return f"between {ends[0]:g} and {ends[1]:g}" if len(ends) == 2 else ""


def _rule(refusal: ValidationError) -> str:
    """What the first field refused has to be, in words."""
    error = refusal.errors()[0]
    told = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"{told['expected']}, not “{error['input']}”".replace("'", "")
    if error["type"] == "string_too_long":
        return f"{told['max_length']} characters at most"
    if error["type"] == "too_long":
        return f"{told['max_length']} of them at most"
    return error["msg"]


def run_job(
    pipeline: Pipeline[JobT], inputs: Shape, work_s: float, out: Path, tell_of: Telling
) -> int:
    """Run a whole job with ``out`` for its folder; the exit status.

    ``tell_of`` has the lines that tell of what then lies in ``out``.
    """
    made = _made(out)
    order = Order(
        job_id="cli",
        pipeline="",
        inputs=inputs.model_dump_json(),
        work_s=work_s,
        workspace=str(out.absolute()),
        attempt=1,
        finished=[],
    )
    outcome: list[Message] = []

    def tell(message: Message) -> None:
        outcome.append(message)
        _show(message)

    try:
        run_order(order, pipeline, tell)
    finally:
        _tidy(out, outcome)
        _remove_empty(made)
    if not isinstance(outcome[-1], Done):
        return 1
    for line in tell_of(out):
        print(line)
    print(f"All of it is in {out}")
    return 0


def _made(out: Path) -> list[Path]:
    """Make the folder, with the rights that the user's own folders have; the new ones, deepest
    first."""
    new = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise no_folder(f"--out {out}", error) from error
    return new


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove those of these folders, the deepest first, that nothing lies in."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _tidy(out: Path, outcome: Sequence[Message]) -> None:
    """Leave only what was asked for: nobody goes on from here."""
    Workspace(out).clear_aside()
    written = [file for told in outcome if isinstance(told, StepFinished) for file in told.files]
    for file in written:
        if file.media_type is None:
            path = out / file.name
            path.unlink(missing_ok=True)
            _remove_empty([folder for folder in path.parents if out in folder.parents])


def _show(message: Message) -> None:
    match message:
        case Progressed(step, fraction):
            print(f"\r{step} {fraction:4.0%}", end="", flush=True)
        case StepFinished(step, files, seconds):
            names = ", ".join(file.name for file in files if file.media_type)
            print(f"\r{step} done in {seconds:.1f} s" + (f": {names}" if names else ""))
        case Noted(text):
            print(f"\rNote: {text}")
        case Failed(failure):
            print(f"\r{failure.message} {failure.hint}", file=sys.stderr)
        case _:
            pass
