"""Faults of a recording's channels: constant offset, dead channel, reversed channel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsp.channels import CANCELLING, ChannelStats
from ...dsp.samples import gain_of_db, seconds

# An offset is removed from half a percent of full scale on: a cut then clicks audibly in silence.
_OFFSET = 0.005
# In a soft recording, an offset is removed from a quarter of the sound's level on, because it will
# be raised with the sound; but not below eight steps of 16 bits, which a converter's rounding
# causes.
_OFFSET_SHARE, _LEAST_OFFSET = 0.25, 8 / 2**15
# In a shorter sound, an incomplete wave of the bass also has a mean.
_SHORTEST_S = 5.0
# The noise of an unconnected input is softer than this relative to the other channel.
_DEAD_DB = -50.0


def has_offset(channels: ChannelStats, peak: float) -> bool:
    """Whether a constant offset is large enough to be removed.

    If the sound is turned down to fit, its offset is turned down, too.
    """
    if seconds(channels.n_samples) < _SHORTEST_S:
        return False
    offset = np.abs(channels.offsets)
    large = (offset > _OFFSET * max(peak, 1.0)) | (offset > _OFFSET_SHARE * channels.deviations)
    return bool((large & (offset > _LEAST_OFFSET)).any())


def channel_warnings(channels: ChannelStats, peak: float) -> Iterator[str]:
    """Sentences for the user who sent the file, about its channels."""
    if has_offset(channels, peak):
        share = float(np.abs(channels.offsets).max())
        yield (
            f"The recording's zero line was off centre (DC offset of {share:.1%}). This is"
            " corrected; you need not do anything."
        )
    left, right = channels.deviations
    if min(left, right) < gain_of_db(_DEAD_DB) * max(left, right):
        alive, dead = ("left", "right") if left > right else ("right", "left")
        yield f"Only the {alive} channel has sound; the {dead} one is silent."
    elif channels.correlation < CANCELLING:
        yield (
            "Left and right cancel each other, as with a reversed cable: played in mono, the track"
            " nearly vanishes. Swap the polarity of one channel and send the track again."
        )
