"""The stored inputs of a mixtape job: its request, with the ids resolved."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from ...contract.dj import DjRules, OverlayPolicy
from ...contract.jobs import MixtapeRequest
from ...contract.mixes import FileReport, TimelineView
from ...contract.sounds import SoundKind
from ..library.track_ref import ContentRef, TracksInputs
from .overlay_policy import allowed_overlays


class MixSound(ContentRef):
    """A sound that may be laid over a join, as of the request."""

    sound_id: str
    name: str
    kind: SoundKind
    n_samples: int
    tempo_bpm: float | None
    beats: int | None
    key: str | None


class MixtapeInputs(TracksInputs):
    """A mixtape's request, and what its ids resolved to.

    ``picture`` is a stored file's name, ``rules`` are the DJ rules at the time of the request,
    ``base`` is the timeline of the mixtape that a re-render starts from (earlier versions called it
    ``earlier``). ``base_files`` are that mixtape's files if they have the loudness and the bit rate
    of this request, else empty. ``sounds`` is empty if none may be laid over joins.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    request: MixtapeRequest
    title: str
    sounds: tuple[MixSound, ...] = ()
    picture: str | None = None
    rules: DjRules = DjRules()
    rules_version: int = 0
    base: TimelineView | None = Field(default=None, alias="earlier")
    base_files: tuple[FileReport, ...] = ()

    @property
    def loudness_lufs(self) -> float:
        """The requested loudness, else that of the DJ rules."""
        requested = self.request.loudness_lufs
        return self.rules.loudness_lufs if requested is None else requested

    @property
    def overlays(self) -> OverlayPolicy:
        """How often sounds are laid over joins."""
        return allowed_overlays(self.request, self.rules)
