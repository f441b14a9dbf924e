"""Whether a separator can tell the stems that somebody wants."""

from __future__ import annotations

from collections.abc import Collection

from ..contract.stems import StemName
from ..errors import InvalidRequest


def refuse_untold(label: str, sources: Collection[StemName], wanted: Collection[StemName]) -> None:
    """Raise :class:`InvalidRequest` where one of the ``wanted`` is not among the ``sources``."""
    if missing := [stem for stem in wanted if stem not in sources]:
        raise InvalidRequest(
            f"{label} cannot tell {' nor '.join(missing)} from the rest.",
            hint=f"It can tell {', '.join(sources)}.",
        )
