"""Resolve the ids of requests about stems, or reject them."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract.jobs import StemMixRequest, StemsRequest
from ...contract.stored_json import read_stored
from ...errors import InvalidRequest, NotFound
from ...jobs.states import JobStatus
from ...store.jobs.job_store import JobStore
from ...store.library import Track
from ..library.crates import crate_of
from ..library.library import Library
from ..library.track_ref import TrackRef, track_ref
from ..separators import Separators
from .inputs import StemMixInputs, StemsInputs


def resolve_stems(
    library: Library, separators: Separators, user_id: str, request: StemsRequest
) -> StemsInputs:
    """Look up the tracks and the separator of a stems request.

    Raise :class:`NotFound` if the user has no such track or crate, :class:`InvalidRequest` if the
    crate has no tracks, and what :meth:`Separators.resolve` does.
    """
    tracks = tuple(map(track_ref, _tracks(library, user_id, request)))
    return stems_inputs(request, resolve_stems_separator(separators, request), tracks)


def resolve_stems_separator(separators: Separators, request: StemsRequest) -> str:
    """The separator's name, as :meth:`Separators.resolve` returns it."""
    return separators.resolve(
        request.model, accepted=request.weights_notice_accepted, stems=request.stems or ()
    )


def stems_inputs(request: StemsRequest, model: str, tracks: tuple[TrackRef, ...]) -> StemsInputs:
    """Build the stored inputs of a stems job."""
    title = f"Stems of {tracks[0].title}"
    return StemsInputs(
        request=request,
        title=title if len(tracks) == 1 else f"{title} and {len(tracks) - 1} more",
        model=model,
        stems=tuple(request.stems or ()),
        tracks=tracks,
    )


def resolve_stem_mix(
    jobs: JobStore, separators: Separators, user_id: str, request: StemMixRequest
) -> StemMixInputs:
    """Look up the stems of a stem mix's track.

    Raise :class:`NotFound` if the user has no such job, or the track is not in it;
    :class:`InvalidRequest` if it is no stems job that has succeeded, lacks one of the stems, or a
    stem has two faders; :class:`OtherVersion` if another version stored it in another form.
    """
    job = _finished_stems(jobs, user_id, request.job_id)
    track = next((track for track in job.tracks if track.track_id == request.track_id), None)
    if track is None:
        raise NotFound("This track is not in the stems job.", hint="Choose one of its tracks.")
    mixed = [fader.stem for fader in request.faders]
    available = job.stems or separators.named(job.model).sources
    if missing := [stem for stem in mixed if stem not in available]:
        raise InvalidRequest(
            f"This job has no stem “{missing[0]}”.", hint=f"It has {', '.join(available)}."
        )
    if len(set(mixed)) < len(mixed):
        raise InvalidRequest("A stem has two faders.", hint="Send one per stem.")
    return StemMixInputs(request=request, model=job.model, track=track)


def _finished_stems(jobs: JobStore, user_id: str, job_id: str) -> StemsInputs:
    record, inputs = jobs.find(user_id, job_id), jobs.inputs(user_id, job_id)
    if record is None or inputs is None:
        raise NotFound("There is no such stems job.", hint="Choose one of your jobs.")
    if record.job.kind != "stems":
        raise InvalidRequest("This job has no stems.", hint="Choose one of kind “stems”.")
    if record.job.status is not JobStatus.SUCCEEDED:
        raise InvalidRequest("The stems are not finished.", hint="Wait for their job to end.")
    return read_stored(StemsInputs, inputs)


def _tracks(library: Library, user_id: str, request: StemsRequest) -> Sequence[Track]:
    if request.track_id is not None:
        return [library.track(user_id, request.track_id)]
    assert request.tracks_upload_id is not None  # a request names either a track or a crate
    return crate_of(library, user_id, request.tracks_upload_id).tracks
