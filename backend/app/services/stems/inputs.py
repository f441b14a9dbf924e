"""The stored inputs of `stems` and `stem_mix` jobs."""

from __future__ import annotations

from ...contract.jobs import StemMixRequest, StemsRequest
from ...contract.stems import StemName
from ..library.track_ref import OneTrackInputs, TracksInputs


class StemsInputs(TracksInputs):
    """The request, with its tracks and separator resolved.

    If ``stems`` is empty the job makes all stems; which ones a model separates may be unknown until
    its weights are downloaded.
    """

    request: StemsRequest
    title: str
    model: str
    stems: tuple[StemName, ...]


class StemMixInputs(OneTrackInputs):
    """The request, with the track of the stems job, and that job's separator."""

    request: StemMixRequest
    model: str

    @property
    def title(self) -> str:
        """The title of the job and of its mix."""
        return f"{self.track.title} (stem mix)"
