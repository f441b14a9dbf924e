"""A job run in the shell's own process, told on the screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import ValidationError

from ..contract.base import Shape
from ..errors import InvalidRequest
from ..jobs.messages import Done, Failed, Message, Noted, Order, Progressed, StepFinished
from ..jobs.pipeline import JobT, Pipeline
from ..jobs.runner import run_order
from ..jobs.workspace import Workspace

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command registers itself with."""

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
        raise InvalidRequest(f"--{options.get(field, field)}: {first['msg']}.") from e


def run_job(pipeline: Pipeline[JobT], inputs: Shape, work_s: float, out: Path) -> int:
    """Run a whole job with ``out`` for its folder; the exit status."""
    out.mkdir(parents=True, exist_ok=True)  # with the rights that the user's own folders have
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

    run_order(order, pipeline, tell)
    _tidy(out, outcome)
    if not isinstance(outcome[-1], Done):
        return 1
    print(f"All of it is in {out}")
    return 0


def _tidy(out: Path, outcome: Sequence[Message]) -> None:
    """Leave only what was asked for: nobody goes on from here."""
    Workspace(out).clear_aside()
    written = [file for told in outcome if isinstance(told, StepFinished) for file in told.files]
    for file in written:
        if file.media_type is None:
            (out / file.name).unlink(missing_ok=True)


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
