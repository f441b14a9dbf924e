"""The object that a mixtape's steps work with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...contract.dj import DjRules
from ...contract.jobs import MixtapeRequest
from ...dj.joins.shapes.stem_swap import without_stem_swaps
from ...dj.proposals import Strategist
from ...errors import NotFound
from ...stems.separator import Separator
from ...store.files.blobs import ContentStore
from ..jobs.resources import JobResources
from ..separators import Separators
from .inputs import MixtapeInputs


@dataclass(frozen=True, slots=True)
class MixtapeJob:
    """A mixtape job while it runs in its process.

    ``strategist`` is set if a language model is configured. ``separator`` is set if the request
    asks for stem swaps; it is one of this machine's ``separators``.
    """

    inputs: MixtapeInputs
    store: ContentStore
    ffmpeg: Path
    workers: int
    strategist: Strategist | None = None
    separators: Separators | None = None
    separator: Separator | None = None

    @property
    def request(self) -> MixtapeRequest:
        """The user's request."""
        return self.inputs.request

    @property
    def rules(self) -> DjRules:
        """The DJ rules, without overlays and stem swaps that this mix cannot have."""
        whole = self.request.keep_whole or self.inputs.rules.keep_whole
        changes = {"overlays": self.inputs.overlays, "keep_whole": whole}
        rules = self.inputs.rules.model_copy(update=changes)
        return rules if self.separator else without_stem_swaps(rules)

    @property
    def loudness_lufs(self) -> float:
        """The requested loudness, else that of the DJ rules."""
        return self.inputs.loudness_lufs

    @property
    def needs_analysis(self) -> bool:
        """Whether planning needs beats, key and sections, and not only loudness."""
        return self.request.transitions == "dj" or self.request.order == "auto"

    @property
    def checks_joins(self) -> bool:
        """Whether joins are listened to before the mix is rendered."""
        return self.request.transitions == "dj" and self.request.check_joins != "off"

    @property
    def picture(self) -> Path | None:
        """The uploaded picture's file."""
        name = self.inputs.picture
        return self.store.image_path(name) if name else None

    def require_files(self) -> None:
        """Raise :class:`NotFound` if a track, sound or picture was deleted since the request."""
        for track in self.inputs.tracks:
            track.require_file(self.store)
        for sound in self.inputs.sounds:
            if not self.store.path(sound.content_hash).is_file():
                raise NotFound(
                    f"The sound “{sound.name}” is no longer there.",
                    hint="Start a new mixtape without it.",
                )
        if self.picture and not self.picture.is_file():
            raise NotFound(
                "The picture is no longer there.", hint="Upload it again and start a new mixtape."
            )


def open_mixtape(
    inputs: MixtapeInputs, resources: JobResources, strategist: Strategist | None = None
) -> MixtapeJob:
    """Prepare a mixtape's inputs for its steps; raise :class:`NotFound` if files are gone."""
    model, separators = inputs.request.stem_model, resources.separators
    separator = None if model is None else separators.named(model)
    store, ffmpeg, workers = resources.store, resources.ffmpeg, resources.workers
    job = MixtapeJob(inputs, store, ffmpeg, workers, strategist, separators, separator)
    job.require_files()
    return job
