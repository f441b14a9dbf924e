"""Pictures that are damaged, have false headers, or unpack to far more than their size."""

from __future__ import annotations

from ..cases import Cases
from ..decompression_bombs import PICTURE_BOMBS
from .jpegs import JPEGS
from .other_formats import OTHERS
from .pngs import PNGS
from .webps import WEBPS

HOSTILE_PICTURES: Cases = Cases([*PICTURE_BOMBS, *JPEGS, *PNGS, *WEBPS, *OTHERS])

# These pictures take more than half a second each to make or to check.
_HEAVY = (
    *("b17", "j01", "j02", "j03", "j06", "j16", "j26", "j28", "p01", "p02", "p03", "p04"),
    *("p10", "p11", "w01", "w02", "w05", "w11", "o16"),
)
HEAVY_PICTURES = [case for case in HOSTILE_PICTURES if case.id in _HEAVY]
QUICK_PICTURES = [case for case in HOSTILE_PICTURES if case.id not in _HEAVY]
