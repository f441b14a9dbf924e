"""A video as YouTube describes it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import (
    AliasPath,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from ...contract.publishing import Privacy

Value = TypeVar("Value")
#: YouTube Data API v3, videos: status.uploadStatus, .failureReason, .rejectionReason
UploadStatus = Literal["uploaded", "processed", "failed", "rejected", "deleted"]


def _or_none(value: object, parse: ValidatorFunctionWrapHandler) -> object:
    """None for a value that this version does not know."""
    try:
        return parse(value)
    except ValidationError:
        return None


Known = Annotated[Value | None, WrapValidator(_or_none)]


class YouTubeVideo(BaseModel):
    """What YouTube tells of a video to its owner.

    A field is None if YouTube does not give it, or gives a value that is unknown here.

    - ``publish_at``: when a private video becomes public
    - ``size_bytes``: of the uploaded file
    - ``failure``, ``rejection``: YouTube's word for the reason, known here or not
    - ``is_licensed``: a content owner has claimed what is in it
    - ``allowed_in``, ``blocked_in``: countries, by their ISO 3166 codes; marked as deprecated in
      the discovery document of 4 November 2026
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    id: str = Field(min_length=1)
    tags: list[str] = Field(default=[], validation_alias=AliasPath("snippet", "tags"))
    privacy: Known[Privacy] = Field(
        default=None, validation_alias=AliasPath("status", "privacyStatus")
    )
    publish_at: Known[AwareDatetime] = Field(
        default=None, validation_alias=AliasPath("status", "publishAt")
    )
    size_bytes: Known[int] = Field(
        default=None, validation_alias=AliasPath("fileDetails", "fileSize")
    )
    upload_status: Known[UploadStatus] = Field(
        default=None, validation_alias=AliasPath("status", "uploadStatus")
    )
    failure: Known[str] = Field(default=None, validation_alias=AliasPath("status", "failureReason"))
    rejection: Known[str] = Field(
        default=None, validation_alias=AliasPath("status", "rejectionReason")
    )
    is_licensed: Known[bool] = Field(
        default=None, validation_alias=AliasPath("contentDetails", "licensedContent")
    )
    allowed_in: Known[list[str]] = Field(
        default=None, validation_alias=AliasPath("contentDetails", "regionRestriction", "allowed")
    )
    blocked_in: Known[list[str]] = Field(
        default=None, validation_alias=AliasPath("contentDetails", "regionRestriction", "blocked")
    )

    @property
    def reason(self) -> str | None:
        """Why it failed or was rejected."""
        return self.rejection if self.upload_status == "rejected" else self.failure

    def is_upload_of(self, marker: str, size_bytes: int | None) -> bool:
        """Whether it has this marker, and this size as far as both are known."""
        sizes = {self.size_bytes, size_bytes} - {None}
        return marker in self.tags and len(sizes) < 2
