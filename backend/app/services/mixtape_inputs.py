"""What a mixtape is made of, settled when it is asked for and kept on the job's row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from ..contract.analysis import GridFix
from ..contract.base import Shape
from ..contract.dj import DjRules, OverlayPolicy
from ..contract.jobs import MixtapeRequest
from ..contract.mixes import TimelineView
from ..contract.sounds import SoundKind
from ..dj.stem_swap import without_stem_swaps
from ..dj.strategy import Strategist
from ..dsp.samples import seconds
from ..errors import NotFound
from ..stems.separator import Separator
from ..store.blobs import ContentStore
from .separators import Separators


class MixTrack(Shape):
    """A track of the mix, under the names that will be printed, with what a person put right."""

    track_id: str
    content: str
    title: str
    artist: str
    n_samples: int
    has_cover: bool
    grid_fix: GridFix | None = None


class MixSound(Shape):
    """A sound that may be laid over a join, as it was when the mix was asked for."""

    sound_id: str
    content: str
    name: str
    kind: SoundKind
    n_samples: int
    tempo_bpm: float | None
    beats: int | None
    key: str | None


class MixtapeInputs(Shape):
    """The request, with what its ids stood for at the time.

    ``picture`` is a stored file's name, ``rules`` the house rules then in force, ``earlier`` the
    plan of the mixtape that the request is based on. There are no ``sounds`` where none may be
    laid over joins.
    """

    request: MixtapeRequest
    title: str
    tracks: list[MixTrack]
    sounds: tuple[MixSound, ...] = ()
    picture: str | None = None
    rules: DjRules = DjRules()
    rules_version: int = 0
    earlier: TimelineView | None = None

    @property
    def overlays(self) -> OverlayPolicy:
        """How often sounds are laid over joins."""
        return overlays_allowed(self.request, self.rules)


@dataclass(frozen=True, slots=True)
class MixtapeJob:
    """What the steps of a mixtape work with.

    There is a ``strategist`` where a language model is set up. Where stem swaps are asked for, one
    of this machine's ``separators`` is the ``separator``.
    """

    inputs: MixtapeInputs
    content: ContentStore
    ffmpeg: Path
    workers: int
    strategist: Strategist | None = None
    separators: Separators | None = None
    separator: Separator | None = None

    @property
    def request(self) -> MixtapeRequest:
        """What was asked for."""
        return self.inputs.request

    @property
    def rules(self) -> DjRules:
        """The house rules, with what this mix cannot have or did not ask for left out."""
        rules = self.inputs.rules.model_copy(update={"overlays": self.inputs.overlays})
        return rules if self.separator else without_stem_swaps(rules)

    @property
    def loudness_lufs(self) -> float:
        """The loudness asked for, or else that of the house rules."""
        asked = self.request.loudness_lufs
        return self.inputs.rules.loudness_lufs if asked is None else asked

    @property
    def picture(self) -> Path | None:
        """The uploaded picture's file."""
        name = self.inputs.picture
        return self.content.image_path(name) if name else None

    def expect_files(self) -> None:
        """Make sure that every track, every sound and the picture are still there.

        Raises
        ------
        NotFound
            If one of them has been deleted since the job was asked for.
        """
        for track in self.inputs.tracks:
            if not self.content.path(track.content).is_file():
                raise _gone(f"“{track.title}”", "Upload it again and start a new mixtape.")
        for sound in self.inputs.sounds:
            if not self.content.path(sound.content).is_file():
                raise _gone(f"The sound “{sound.name}”", "Start a new mixtape, which does without.")
        if self.picture and not self.picture.is_file():
            raise _gone("The picture", "Upload it again and start a new mixtape.")


def overlays_allowed(request: MixtapeRequest, rules: DjRules) -> OverlayPolicy:
    """What is asked for, as far as the rules go along; nothing between plain crossfades."""
    if request.transitions != "dj":
        return "never"
    policies = get_args(OverlayPolicy)  # from the least to the most
    return min(request.overlays or rules.overlays, rules.overlays, key=policies.index)


def duration_of(inputs: MixtapeInputs) -> float:
    """How many seconds of music go in."""
    return seconds(sum(track.n_samples for track in inputs.tracks))


def _gone(what: str, hint: str) -> NotFound:
    return NotFound(f"{what} is no longer there.", hint=hint)
