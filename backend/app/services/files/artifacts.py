"""Read jobs' artifacts: a running job's from its workspace, others by their record."""

from __future__ import annotations

from typing import TypeVar

from ...contract.base import Shape
from ...contract.mixes import TimelineView
from ...dj.timeline import Timeline
from ...dj.timeline_json import timeline_of
from ...jobs.workspace import Workspace
from ...store.files.workspaces import Workspaces
from ...store.jobs.records import JobRecord
from .names import TIMELINE

ShapeT = TypeVar("ShapeT", bound=Shape)


def read_artifact(
    workspaces: Workspaces, record: JobRecord, name: str, shape: type[ShapeT]
) -> ShapeT | None:
    """Read one of a job's JSON artifacts; None if it does not exist (yet).

    Raise :class:`OtherVersion` if another version wrote it in a form that this one cannot use.
    """
    if name not in (artifact.name for artifact in record.artifacts):
        return None
    try:
        return workspaces.of(record.job.id).read_shape(name, shape)
    except FileNotFoundError:  # the job was deleted a moment ago
        return None


def read_timeline(workspace: Workspace) -> Timeline:
    """Read the timeline that an earlier step of the job wrote."""
    return timeline_of(workspace.read_shape(TIMELINE, TimelineView))
