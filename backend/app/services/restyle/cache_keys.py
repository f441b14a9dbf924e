"""Cache key of a replayed stem: a hash of everything that shapes it."""

from __future__ import annotations

import hashlib

from ...analysis.sources import performance
from ...contract.restyles import RestyleSettings
from ...media.stem_file_format import DERIVED_LEVEL

VERSION = 3
"""Increase it when replayed stems, or their figures, would come out differently."""


def restyle_key(separator_key: str, sound_hash: str, settings: RestyleSettings) -> str:
    """Key of a replayed stem, for its file name; its volume in the mix does not matter.

    The version of the performance analysis matters, because grains are cut and placed by it.
    """
    shaped_by = (
        VERSION,
        performance.VERSION,
        DERIVED_LEVEL,
        separator_key,
        sound_hash,
        settings.model_dump_json(),
    )
    return f"grains.{hashlib.sha256(repr(shaped_by).encode()).hexdigest()[:24]}"
