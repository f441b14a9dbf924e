"""A published video as it is on YouTube, and changes to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .base import Shape
from .publishing import FaultView, Language, Moment, Privacy, Tag


class VideoView(Shape):
    """A published video, as YouTube has it now.

    ``tags`` lack Segue's own. After a change, ``notes`` say what YouTube made different or refused.
    """

    job_id: str
    video_id: str
    url: str
    title: str
    description: str
    tags: list[str]
    category_id: str
    language: str | None = None
    privacy: Privacy
    publish_at: datetime | None = None
    made_for_kids: bool = False
    synthetic_media: bool = False
    notes: list[str] = []


class VideoEdit(Shape):
    """A change of a published video; what is None stays as it is on YouTube.

    - ``privacy`` and ``publish_at`` change together: without ``publish_at``, a schedule ends
    - ``thumbnail``: ``mix`` sets the mix's own; ``thumbnail_upload_id`` sets an uploaded picture
    """

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    description: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    tags: list[Tag] | None = Field(default=None, max_length=100)
    category_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")] | None = None
    language: Language | None = None
    privacy: Privacy | None = None
    publish_at: Moment | None = None
    made_for_kids: bool | None = None
    synthetic_media: bool | None = None
    thumbnail: Literal["mix"] | None = None
    thumbnail_upload_id: Annotated[str, StringConstraints(max_length=100)] | None = None


class VideoEditCheck(Shape):
    """What YouTube would refuse of a change; ``may_go`` if there are at most warnings."""

    may_go: bool
    faults: list[FaultView]
