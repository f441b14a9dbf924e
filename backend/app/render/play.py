"""The shape that joins the renderer to the encoders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from ..dsp.samples import Samples

Play: TypeAlias = Callable[[int, int], Iterator[Samples]]
"""``play(start, end)`` yields blocks, float32 ``(2, n)``, that add up to ``[start, end)`` of a mix.

Any stretch may be asked for, from any thread, several at once; the same stretch gives the same
samples, and a stretch equals that part of a longer one. ``end`` may lie past the mix's end only
where the caller says so; samples there are not played.
"""
