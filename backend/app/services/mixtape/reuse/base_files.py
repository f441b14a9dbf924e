"""Files in the base job's folder, and how they were made."""

from __future__ import annotations

from ....contract.base import Shape
from ....jobs.pipeline import StepContext
from ....jobs.workspace import Workspace
from ..job import MixtapeJob


class FileOrigin(Shape):
    """A hash of everything that decides a finished file's frames, and the file's SHA-256."""

    recipe: str
    sha256: str


def base_workspace(ctx: StepContext[MixtapeJob]) -> Workspace | None:
    """The base job's folder; the folders of all jobs lie side by side."""
    based_on = ctx.job.request.based_on
    if based_on is None or ctx.job.inputs.base is None:
        return None
    return ctx.workspace.of_job(based_on)
