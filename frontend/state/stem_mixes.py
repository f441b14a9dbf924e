"""Stem mixes that the user saved; each is a job."""

from __future__ import annotations

from collections.abc import Iterator

from backend.app.contract.job_list import JobQuery, ListedJob
from backend.app.contract.jobs import ArtifactView, JobView, StemMixRequest

from . import session

#: Finished stem mixes by job id; they don't change any more.
FINISHED = session.Key[JobView]("finished_stem_mixes")


def start(request: StemMixRequest) -> None:
    """Save a stem mix, unless the same one is saved or in progress."""
    mixes = mixes_of(request.job_id, request.track_id)
    same = (mix for mix in mixes if mix.request == request)
    if all(mix.status in ("failed", "cancelled") for mix in same):
        session.api().start(request)


def mixes_of(job_id: str, track_id: str) -> list[JobView]:
    """List the saved stem mixes of a track, newest first."""
    wanted = (job_id, track_id)
    rows = (
        row
        for row in all_stem_mixes()
        if (row.request.get("job_id"), row.request.get("track_id")) == wanted
    )
    return [_whole(row) for row in rows]


def all_stem_mixes() -> Iterator[ListedJob]:
    """Yield the stem mixes of all jobs, newest first, loaded one page at a time."""
    query = JobQuery(kind=["stem_mix"], limit=100)
    more = True
    while more:
        page = session.api().jobs(query)
        yield from page.jobs
        more = page.more
        if more:
            query = query.model_copy(update={"before": page.jobs[-1].id})


def sound(job: JobView) -> ArtifactView | None:
    """Return the audio file of a stem mix, once it is made."""
    files = (file for file in job.artifacts if file.media_type.startswith("audio/"))
    return next(files, None)


def _whole(row: ListedJob) -> JobView:
    key = FINISHED.of(row.id)
    if row.status == "succeeded":
        return key.get_or(lambda: session.api().job(row.id))
    return session.api().job(row.id)
