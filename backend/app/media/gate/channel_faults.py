"""Faults of a recording's channels: a constant offset, a dead channel, a reversed one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsp.channels import CANCELLING, ChannelStats
from ...dsp.samples import gain_of_db, seconds

# An offset is removed from half a percent of full scale on, where a cut clicks audibly in silence.
_OFFSET = 0.005
# Of a soft recording it is removed from a quarter of the sound's own level on, because it is raised
# with the sound; but not below eight steps of 16 bits, a converter's rounding.
_OFFSET_SHARE, _LEAST_OFFSET = 0.25, 8 / 2**15
# In a shorter sound an unfinished wave of the bass has a mean, too.
_SHORTEST_S = 5.0
# The noise of an unconnected input lies further below the other channel.
_DEAD_DB = -50.0


def has_offset(channels: ChannelStats, peak: float) -> bool:
    """Whether an offset is large enough to be removed, of sound that is turned down to fit."""
    if seconds(channels.n_samples) < _SHORTEST_S:
        return False
    offset = np.abs(channels.offsets)
    large = (offset > _OFFSET * max(peak, 1.0)) | (offset > _OFFSET_SHARE * channels.deviations)
    return bool((large & (offset > _LEAST_OFFSET)).any())


def channel_warnings(channels: ChannelStats, peak: float) -> Iterator[str]:
    """Sentences for the sender about the channels."""
    if has_offset(channels, peak):
        share = float(np.abs(channels.offsets).max())
        yield f"A constant offset (DC) of {share:.1%} of full scale was removed."
    left, right = channels.deviations
    if min(left, right) < gain_of_db(_DEAD_DB) * max(left, right):
        alive, dead = ("left", "right") if left > right else ("right", "left")
        yield f"Only the {alive} channel has sound; the {dead} one is silent."
    elif channels.correlation < CANCELLING:
        yield (
            "Left and right cancel each other, as with a reversed cable: played in mono, the track"
            " nearly vanishes. Swap the polarity of one channel and send the track again."
        )
