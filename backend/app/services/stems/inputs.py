"""The stored inputs of the `stems` and `stem_mix` jobs."""

from __future__ import annotations

from ...contract.jobs import StemMixRequest, StemsRequest
from ...contract.stems import StemName
from ..library.track_ref import OneTrackInputs, TracksInputs


class StemsInputs(TracksInputs):
    """The request, with its tracks and separator resolved.

    Without ``stems`` the job makes all; which ones a model separates may be unknown until its
    weights are fetched.
    """

    request: StemsRequest
    title: str
    model: str
    stems: tuple[StemName, ...]


class StemMixInputs(OneTrackInputs):
    """The request, with the track of the stems job, and its separator."""

    request: StemMixRequest
    model: str

    @property
    def title(self) -> str:
        """The title of job and mix."""
        return f"{self.track.title} (stem mix)"
