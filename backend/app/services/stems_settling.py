"""What requests about stems stand for, looked up when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..contract.jobs import StemMixRequest, StemsRequest
from ..errors import InvalidRequest, NotFound
from ..jobs.states import JobStatus
from ..store.jobs import JobStore
from ..store.library import Track
from .library import Library
from .separators import Separators
from .settling import crate_of
from .stems_inputs import StemMixInputs, StemsInputs, StemTrack


@dataclass(frozen=True, slots=True)
class EarlierStems:
    """Stems jobs by their ids; a stranger's is none."""

    store: JobStore

    def finished(self, user_id: str, job_id: str) -> StemsInputs:
        """What a stems job that has succeeded was made of.

        Raises
        ------
        NotFound
            If the user has no such job.
        InvalidRequest
            If it is no stems job, or has not succeeded.
        """
        record, inputs = self.store.find(user_id, job_id), self.store.inputs(user_id, job_id)
        if record is None or inputs is None:
            raise NotFound("There is no such stems job.", hint="Choose one of your jobs.")
        if record.job.kind != "stems":
            raise InvalidRequest("This job has no stems.", hint="Choose one of kind “stems”.")
        if record.job.status is not JobStatus.SUCCEEDED:
            raise InvalidRequest("The stems are not finished.", hint="Let their job end.")
        return StemsInputs.model_validate_json(inputs)


def settle_stems(
    library: Library, separators: Separators, user_id: str, request: StemsRequest
) -> StemsInputs:
    """Look up the tracks and the separator.

    Raises
    ------
    NotFound
        If the user has no such track or crate.
    InvalidRequest
        If the crate has no tracks, or the separator cannot tell one of the stems.
    UnknownModel, NoticeNotAccepted
        As :meth:`Separators.settled` has it.
    """
    tracks = tuple(map(_stem_track, _tracks(library, user_id, request)))
    model = settled_model(separators, request)
    return stems_inputs(request, model, tracks)


def settled_model(separators: Separators, request: StemsRequest) -> str:
    """The separator's name, as :meth:`Separators.settled` has it."""
    return separators.settled(
        request.model, accepted=request.weights_notice_accepted, wanted=request.stems or ()
    )


def stems_inputs(request: StemsRequest, model: str, tracks: tuple[StemTrack, ...]) -> StemsInputs:
    """The inputs of a stems job."""
    return StemsInputs(
        request=request,
        title=stems_title(tracks),
        model=model,
        stems=tuple(request.stems or ()),
        tracks=tracks,
    )


def stems_title(tracks: Sequence[StemTrack]) -> str:
    """What a stems job is called."""
    first = f"Stems of {tracks[0].title}"
    return first if len(tracks) == 1 else f"{first} and {len(tracks) - 1} more"


def settle_stem_mix(
    earlier: EarlierStems, separators: Separators, user_id: str, request: StemMixRequest
) -> StemMixInputs:
    """Look up the track's stems.

    Raises
    ------
    NotFound
        If the user has no such job, or the track is not in it.
    InvalidRequest
        If it is no stems job that has succeeded, one of the stems is not in it, or a stem has two
        faders.
    """
    stems = earlier.finished(user_id, request.job_id)
    tracks = [track for track in stems.tracks if track.track_id == request.track_id]
    if not tracks:
        raise NotFound("This track is not in the stems job.", hint="Choose one of its tracks.")
    named = [fader.stem for fader in request.faders]
    there = stems.stems or separators.named(stems.model).sources
    if missing := [stem for stem in named if stem not in there]:
        raise InvalidRequest(
            f"There is no stem “{missing[0]}” in this job.",
            hint=f"It has {', '.join(there)}.",
        )
    if len(set(named)) < len(named):
        raise InvalidRequest("A stem has two faders.", hint="Send one a stem.")
    return StemMixInputs(request=request, model=stems.model, track=tracks[0])


def _tracks(library: Library, user_id: str, request: StemsRequest) -> Sequence[Track]:
    if request.track_id is not None:
        return [library.track(user_id, request.track_id)]
    assert request.tracks_upload_id is not None  # the request names one of both
    return crate_of(library, user_id, request.tracks_upload_id).tracks


def _stem_track(track: Track) -> StemTrack:
    return StemTrack(
        track_id=track.id,
        content=track.content,
        title=track.title,
        artist=track.artist,
        n_samples=track.n_samples,
        has_cover=track.has_cover,
    )
