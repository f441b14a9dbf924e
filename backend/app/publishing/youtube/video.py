"""A video as YouTube describes it."""

from __future__ import annotations

from typing import Annotated, TypeVar

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


def _or_none(value: object, parse: ValidatorFunctionWrapHandler) -> object:
    """None for a value that this version does not know."""
    try:
        return parse(value)
    except ValidationError:
        return None


Known = Annotated[Value | None, WrapValidator(_or_none)]


class YouTubeVideo(BaseModel):
    """The parts ``snippet``, ``status`` and ``fileDetails`` of a video.

    A field is None if YouTube does not give it, or gives a value that is unknown here.
    ``publish_at`` is when a private video becomes public. Only its owner sees ``size_bytes``, the
    size of the uploaded file.
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

    def is_upload_of(self, marker: str, size_bytes: int | None) -> bool:
        """Whether it has this marker, and this size as far as both are known."""
        sizes = {self.size_bytes, size_bytes} - {None}
        return marker in self.tags and len(sizes) < 2
