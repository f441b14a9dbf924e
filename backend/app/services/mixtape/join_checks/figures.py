"""Store the figures of joins that were measured while the plan was checked."""

from __future__ import annotations

from ....contract.stored_json import OtherVersion
from ....jobs.workspace import Workspace
from ..reuse.mp3 import StoredJoinFigures

CHECKED_FIGURES = "checked-joins.json"


def read_checked_figures(workspace: Workspace) -> StoredJoinFigures:
    """Read the stored figures; none if the plan wasn't checked."""
    try:
        return workspace.read_shape(CHECKED_FIGURES, StoredJoinFigures)
    except (FileNotFoundError, OtherVersion):
        return StoredJoinFigures(by_key={})
