"""Read the stored requests of jobs, also of other versions of Segue."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue, TypeAdapter, ValidationError

from ...contract.jobs import (
    AnalysisRequest,
    JobRequest,
    MashupRequest,
    MixtapeRequest,
    PreviewRequest,
    PublishRequest,
    RestyleRequest,
    StemFader,
    StemMixRequest,
    StemsRequest,
)
from ...contract.listening_request import ListeningRequest
from ...contract.stored_json import read_lenient

_LONGEST_LINE = 200
_REQUEST: TypeAdapter[JobRequest] = TypeAdapter(JobRequest)
_DEFAULTS: dict[str, JobRequest] = {
    "mixtape": MixtapeRequest(tracks_upload_id=""),
    "analysis": AnalysisRequest(tracks_upload_id=""),
    "preview": PreviewRequest(job_id="", transition=0),
    "listening": ListeningRequest(job_id="", transition=0),
    "stems": StemsRequest(track_id=""),
    "stem_mix": StemMixRequest(
        job_id="", track_id="", faders=[StemFader(stem="vocals", gain_db=0.0)]
    ),
    "mashup": MashupRequest(tracks_upload_id="", vibe="chill"),
    "restyle": RestyleRequest(track_id=""),
    "publish": PublishRequest(job_id=""),
}
"""Values for unreadable fields of a request, for display only."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A job's request; ``is_whole`` is False if some fields could not be read.

    Another version may have stored them differently.
    """

    request: JobRequest
    is_whole: bool


def n_tracks(request: JobRequest) -> int:
    """Number of tracks that a request names; 0 if it takes a whole crate, or has none."""
    if isinstance(request, MixtapeRequest | MashupRequest):
        return len(request.tracks or [])
    return int(isinstance(request, StemsRequest) and request.track_id is not None)


def single_values(request: JobRequest) -> dict[str, JsonValue]:
    """The request's fields with a single value: no list, no object, no long text."""
    values = ((name, getattr(request, name)) for name in type(request).model_fields)
    return {name: value for name, value in values if _is_single(value)}


def _is_single(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float) or _is_line(value)


def _is_line(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_LINE


def stored_request(kind: str, text: str) -> StoredRequest:
    """Read the request of a job of this kind, stored by any version.

    A kind unknown to this version is shown as an analysis, the request with the fewest fields.
    """
    try:
        return StoredRequest(_REQUEST.validate_json(text), True)
    except ValidationError:
        default = _DEFAULTS.get(kind, _DEFAULTS["analysis"])
        return StoredRequest(read_lenient(default, text), False)
