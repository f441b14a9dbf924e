"""Check which stems a separator can make, and compute a song without some stems."""

from __future__ import annotations

from collections.abc import Collection

from ..contract.stems import StemName
from ..dsp.samples import Samples
from ..errors import InvalidRequest
from .separator import StemBlocks


def require_stems(label: str, sources: Collection[StemName], wanted: Collection[StemName]) -> None:
    """Raise :class:`InvalidRequest` if a requested stem is not among the ``sources``."""
    if missing := [stem for stem in wanted if stem not in sources]:
        raise InvalidRequest(
            f"{label} can't separate {' or '.join(missing)}.",
            hint=f"It can separate {', '.join(sources)}.",
        )


def rest_of(song: Samples, stems: StemBlocks) -> Samples:
    """Subtract all stems but ``other`` from the song."""
    rest = song.copy()
    for stem, block in stems.items():
        if stem != "other":
            rest -= block
    return rest
