"""What a restyle is made of, settled when it is asked for and kept on the job's row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..contract.base import Shape
from ..contract.jobs import RestyleRequest
from ..contract.restyles import StemStyle
from ..contract.stems import StemName
from ..dsp.samples import SAMPLE_RATE, samples, seconds
from ..errors import InvalidRequest, NotFound, SoundTooShort
from ..media.made_form import stem_file
from ..stems.separator import Separator
from ..store.blobs import ContentStore
from .restyle_keys import restyled_maker
from .separators import Separators
from .stems_inputs import StemTrack

AS_IT_IS = StemStyle()
"""What becomes of a stem that the request does not name."""


class StyleSound(Shape):
    """A sound that stems are re-played with, as it was when that was asked for."""

    sound_id: str
    content: str
    name: str
    n_samples: int


class RestyleInputs(Shape):
    """The request, with the track, the separator and the sounds that it came to mean.

    ``sounds`` has those of the stems that are heard and re-played.
    """

    request: RestyleRequest
    title: str
    model: str
    track: StemTrack
    sounds: dict[StemName, StyleSound]

    @property
    def duration_s(self) -> float:
        """How many seconds of music go in."""
        return seconds(self.track.n_samples)


@dataclass(frozen=True, slots=True)
class RestyleJob:
    """What the steps of a restyle work with."""

    inputs: RestyleInputs
    content: ContentStore
    separators: Separators
    separator: Separator
    ffmpeg: Path
    workers: int

    @property
    def request(self) -> RestyleRequest:
        """What was asked for."""
        return self.inputs.request

    @property
    def track(self) -> StemTrack:
        """The song."""
        return self.inputs.track

    @property
    def model(self) -> str:
        """The separator's name."""
        return self.inputs.model

    @property
    def songs(self) -> list[str]:
        """The song's content."""
        return [self.track.content]

    @property
    def needed(self) -> tuple[StemName, ...]:
        """Only what is heard in the end."""
        return self.heard

    @property
    def grain(self) -> int:
        """A grain's length in samples."""
        return samples(self.request.settings.grain_duration_ms / 1000.0)

    @property
    def heard(self) -> tuple[StemName, ...]:
        """The stems that are heard in the end, in the separator's order; its weights are there."""
        stems = [stem for stem in self.separator.sources if is_heard(self.style(stem))]
        if not stems:
            raise all_off()
        return tuple(stems)

    def style(self, stem: StemName) -> StemStyle:
        """What becomes of a stem."""
        return self.request.config.get(stem, AS_IT_IS)

    def base(self, stem: StemName) -> str:
        """The file of a stem as it was, among what was derived from the track."""
        return stem_file(self.separator.key, stem)

    def made(self, stem: StemName) -> str:
        """The file of a stem as it is heard: re-played, or as it was."""
        sound = self.inputs.sounds.get(stem)
        if sound is None:
            return self.base(stem)
        maker = restyled_maker(self.separator.key, sound.content, self.request.settings)
        return stem_file(maker, stem)

    def expect_files(self) -> None:
        """Make sure that the track and the sounds are still there; else :class:`NotFound`."""
        self.track.expect_sound(self.content)
        for sound in self.inputs.sounds.values():
            if not self.content.path(sound.content).is_file():
                raise NotFound(
                    f"The sound “{sound.name}” is no longer there.",
                    hint="Choose another one and start anew.",
                )


def is_heard(style: StemStyle) -> bool:
    """Whether anything of the stem is heard."""
    return style.enabled and style.volume > 0.0


def all_off() -> InvalidRequest:
    """What is answered where nothing would be heard."""
    return InvalidRequest(
        "Every stem is left out, or has no volume.", hint="Keep at least one of them."
    )


def expect_grain(sound: StyleSound, grain_duration_ms: float) -> None:
    """Make sure that a sound has room for one grain; else :class:`SoundTooShort`."""
    length_ms = 1000.0 * sound.n_samples / SAMPLE_RATE
    if length_ms < grain_duration_ms:
        raise SoundTooShort(
            f"“{sound.name}” lasts {length_ms:.0f} ms, a grain {grain_duration_ms:.0f} ms.",
            hint="Choose a longer sound, or shorter grains.",
        )
