"""Cache key of a re-played stem: everything that shapes it."""

from __future__ import annotations

import hashlib

from ...analysis.sources import performance
from ...contract.restyles import RestyleSettings
from ...media.stem_file_format import DERIVED_LEVEL

VERSION = 2
"""Increase when re-played stems, or their figures, come out differently."""


def restyle_key(separator_key: str, sound_hash: str, settings: RestyleSettings) -> str:
    """Key of a re-played stem, for its file name; its volume in the mix has no part in it.

    The version of the performance analysis does: grains are cut and placed by it.
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
