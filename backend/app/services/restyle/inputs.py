"""The stored inputs of a restyle job; limits on its stems and sounds."""

from __future__ import annotations

from ...contract.jobs import RestyleRequest
from ...contract.restyles import StemStyle
from ...contract.stems import StemName
from ...dsp.samples import SAMPLE_RATE
from ...errors import InvalidRequest, SoundTooShort
from ..library.track_ref import ContentRef, OneTrackInputs
from ..separators import Separators

UNCHANGED = StemStyle()
"""The style of stems that a request does not name: unchanged."""


class StyleSound(ContentRef):
    """A sound that replays stems, as of the request."""

    sound_id: str
    name: str
    n_samples: int


class RestyleInputs(OneTrackInputs):
    """The request, with its track, separator and sounds resolved.

    ``sounds`` has a sound for each stem that is replayed and audible.
    """

    request: RestyleRequest
    title: str
    model: str
    sounds: dict[StemName, StyleSound]


def is_audible(style: StemStyle) -> bool:
    """Whether the stem is in the mix at all."""
    return style.enabled and style.volume > 0.0


def audible_stems(inputs: RestyleInputs, separators: Separators) -> tuple[StemName, ...]:
    """The stems that the restyle plays, in the separator's order."""
    config, sources = inputs.request.config, separators.named(inputs.model).sources
    return tuple(stem for stem in sources if is_audible(config.get(stem, UNCHANGED)))


def no_audible_stem() -> InvalidRequest:
    """The error for a restyle without an audible stem."""
    return InvalidRequest(
        "Every stem is left out, or has no volume.", hint="Keep at least one of them."
    )


def require_grain(sound: StyleSound, grain_duration_ms: float) -> None:
    """Raise :class:`SoundTooShort` if a sound is shorter than one grain."""
    length_ms = 1000.0 * sound.n_samples / SAMPLE_RATE
    if length_ms < grain_duration_ms:
        raise SoundTooShort(
            f"“{sound.name}” lasts {length_ms:.0f} ms, a grain {grain_duration_ms:.0f} ms.",
            hint="Choose a longer sound, or shorter grains.",
        )
