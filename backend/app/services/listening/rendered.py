"""The file in which a trial's job stores what its versions are."""

from __future__ import annotations

from ...contract.base import Shape
from ...contract.listening import ListeningVersion

TRIAL = "trial.json"
"""No artifact, since it ends the blindness."""


class RenderedTrial(Shape):
    """The tracks, and the versions in the order of their files: A, B. Both last ``duration_s``."""

    outgoing: str
    incoming: str
    duration_s: float
    versions: tuple[ListeningVersion, ListeningVersion]
