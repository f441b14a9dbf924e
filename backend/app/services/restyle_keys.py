"""Under which name a re-played stem is kept: whatever shapes it is in it, and nothing else."""

from __future__ import annotations

import hashlib

from ..contract.restyles import RestyleSettings

VERSION = 1
"""Raised whenever the same stem would be re-played otherwise: kept ones are no good then."""


def restyled_maker(separator_key: str, sound_content: str, settings: RestyleSettings) -> str:
    """What names a re-played stem's maker; how loud it is in the mix has no part in it."""
    shaped_by = (VERSION, separator_key, sound_content, settings.model_dump_json())
    return f"grains.{hashlib.sha256(repr(shaped_by).encode()).hexdigest()[:24]}"
