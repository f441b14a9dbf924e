"""A page of a user's jobs, and the filter to ask for it."""

from __future__ import annotations

from pydantic import Field, JsonValue

from .base import Shape
from .jobs import JobStatus, JobSummary, Line


class ListedJob(JobSummary):
    """A job in a list, without the parts that grow with the number of tracks.

    ``request`` has the request's single values, without its lists, objects and long texts; the
    whole request, the notes and the artifacts are in ``GET /jobs/{id}``.
    """

    request: dict[str, JsonValue]


class JobQuery(Shape):
    """Which jobs to list: of these kinds and statuses (empty: any).

    Previews and analyses are listed only if ``kind`` names them. The next page is ``before`` the id
    of this page's last job.
    """

    kind: list[Line] = Field(default=[], max_length=20)
    status: list[JobStatus] = Field(default=[], max_length=5)
    before: Line | None = None
    limit: int = Field(default=20, ge=1, le=100)


class JobList(Shape):
    """A page of a user's jobs, newest first; ``more`` means that there are older ones."""

    jobs: list[ListedJob]
    more: bool = False
