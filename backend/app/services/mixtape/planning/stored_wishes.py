"""Store who chooses each join, so that a plan can be made again without asking again."""

from __future__ import annotations

from ....contract.base import Shape
from ....contract.stored_json import OtherVersion
from ....dj.joins.choose import JoinWish
from ....jobs.workspace import Workspace
from .join_precedence import JoinWishes

WISHES = "join-wishes.json"


class StoredWishes(Shape):
    """The request for each join, and notes for the user."""

    wishes: list[JoinWish]
    notes: list[str]

    @classmethod
    def of(cls, resolved: JoinWishes) -> StoredWishes:
        """Copy resolved requests."""
        return cls(wishes=resolved.wishes, notes=resolved.notes)


def read_wishes(workspace: Workspace) -> JoinWishes | None:
    """Read the stored requests; None if an earlier version planned the mix without them."""
    try:
        stored = workspace.read_shape(WISHES, StoredWishes)
    except (FileNotFoundError, OtherVersion):
        return None
    return JoinWishes(stored.wishes, stored.notes)
