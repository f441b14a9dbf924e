"""Under which name a re-played stem is kept: whatever shapes it or its figures is in it."""

from __future__ import annotations

import hashlib

from ..contract.restyles import RestyleSettings
from ..media.made_form import MADE_LEVEL

VERSION = 2
"""Raised whenever the same stem would be re-played otherwise, or its likeness be told otherwise:
kept ones are no good then."""


def restyled_maker(separator_key: str, sound_content: str, settings: RestyleSettings) -> str:
    """What names a re-played stem's maker; how loud it is in the mix has no part in it.

    What is heard in the stem and in the sound is what grains are cut and laid by: an ear that hears
    otherwise is another maker.
    """
    from ..analysis import performance_ear  # loads scipy, which the API need not

    shaped_by = (
        VERSION,
        performance_ear.VERSION,
        MADE_LEVEL,
        separator_key,
        sound_content,
        settings.model_dump_json(),
    )
    return f"grains.{hashlib.sha256(repr(shaped_by).encode()).hexdigest()[:24]}"
