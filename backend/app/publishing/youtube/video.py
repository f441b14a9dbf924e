"""A video as YouTube describes it."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import AliasPath, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from ...contract.publishing import Privacy


def _known(privacy: object) -> object:
    """None for a privacy that this version does not know."""
    return privacy if privacy in get_args(Privacy) else None


class YouTubeVideo(BaseModel):
    """The parts ``snippet`` and ``status`` of a video; ``privacy`` is None if YouTube gives none.

    ``publish_at`` is when a private video becomes public.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    id: str = Field(min_length=1)
    tags: list[str] = Field(default=[], validation_alias=AliasPath("snippet", "tags"))
    privacy: Annotated[Privacy | None, BeforeValidator(_known)] = Field(
        default=None, validation_alias=AliasPath("status", "privacyStatus")
    )
    publish_at: AwareDatetime | None = Field(
        default=None, validation_alias=AliasPath("status", "publishAt")
    )
