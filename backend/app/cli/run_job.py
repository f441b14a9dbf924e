"""Run a job in the shell's process and show its progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from ..contract.base import Shape
from ..jobs.messages import Done, Failed, Message, Noted, Order, Progressed, StepFinished
from ..jobs.pipeline import JobT, Pipeline
from ..jobs.runner import run_order
from .output_folder import keep_artifacts, make_folder, remove_empty

Summary: TypeAlias = Callable[[Path], Iterable[str]]
"""Describes the files in a folder, line by line."""


def run_job(
    pipeline: Pipeline[JobT],
    inputs: Shape,
    work_s: float,
    out: Path,
    summary: Summary = lambda _: (),
) -> int:
    """Run a whole job in the folder ``out``, and print its summary.

    Returns the exit status.
    """
    new_folders = make_folder(out, f"--out {out}")
    order = Order(
        job_id="cli",
        pipeline="",
        inputs=inputs.model_dump_json(),
        work_s=work_s,
        workspace=str(out.absolute()),
        attempt=1,
        finished=[],
    )
    messages: list[Message] = []

    def receive(message: Message) -> None:
        messages.append(message)
        _show(message)

    try:
        run_order(order, pipeline, receive)
    finally:
        steps = [message for message in messages if isinstance(message, StepFinished)]
        keep_artifacts(out, [file for step in steps for file in step.files])
        remove_empty(new_folders)
    if not isinstance(messages[-1], Done):
        return 1
    for line in summary(out):
        print(line)
    print(f"All files are in {out}")
    return 0


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
