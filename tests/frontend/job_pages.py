"""List jobs as the API does."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.job_list import JobList, JobQuery, ListedJob
from backend.app.contract.jobs import JobSummary, JobView
from backend.app.services.jobs.stored_requests import single_values
from frontend.api.errors import ApiError

#: A test may lower this to get several pages.
MOST = 100


def page_of(jobs: Sequence[JobView], query: JobQuery) -> JobList:
    """The page of these jobs, newest first, that the API would answer."""
    found = [one for one in jobs if is_listed(one, query)]
    if query.before is not None:
        ids = [one.id for one in found]
        if query.before not in ids:
            raise ApiError("not_found", "There is no such job to list from.")
        found = found[ids.index(query.before) + 1 :]
    page = [listed(one) for one in found[: min(query.limit, MOST)]]
    return JobList(jobs=page, more=len(found) > len(page))


def is_listed(one: JobView, query: JobQuery) -> bool:
    if not query.kind and one.kind in ("analysis", "preview", "listening"):
        return False
    is_kind = not query.kind or one.kind in query.kind
    return is_kind and (not query.status or one.status in query.status)


def listed(one: JobView) -> ListedJob:
    """The job as a list shows it."""
    shared = {name: getattr(one, name) for name in JobSummary.model_fields}
    return ListedJob(**shared, request=single_values(one.request))
