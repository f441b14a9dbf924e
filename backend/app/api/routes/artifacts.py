"""Routes for artifacts: list, download, signed links, ZIP."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, status
from fastapi.responses import FileResponse, StreamingResponse
from starlette.responses import Response

from ...contract.jobs import ArtifactView, LinkView
from ...errors import StorageFull, StoreBusy
from ...jobs.workspace import WrittenFile
from ...services.files.links import DOWNLOAD_S, FileLink
from ...services.files.names import saved_as
from ...services.jobs.jobs import Jobs
from ...services.jobs.views import artifact_view
from ...store.files.objects.port import LinkTerms
from ..dependencies import CurrentUser, JobsDep, LinksDep
from ..downloads.archives import flat_names, zip_of
from ..downloads.file_responses import file_answer, harmless
from ..downloads.sent import ReportingRedirect, ReportingStream

log = logging.getLogger(__name__)
router = APIRouter(tags=["artifacts"])

# Name of the ZIP with all artifacts; steps must not give it to a file.
ARCHIVE = "artifacts.zip"
# Media types that a browser may show or play; files of others are downloaded.
_SHOWN_INLINE = ("audio/", "video/", "image/jpeg", "image/png", "application/json", "text/plain")


@router.get("/jobs/{job_id}/artifacts")
def list_artifacts(job_id: str, user: CurrentUser, jobs: JobsDep) -> list[ArtifactView]:
    """List the artifacts that the job has made so far."""
    return [artifact_view(file) for file in jobs.artifacts(user.id, job_id)]


@router.get("/jobs/{job_id}/artifacts.zip", response_class=StreamingResponse)
def download_all(job_id: str, user: CurrentUser, jobs: JobsDep) -> Response:
    """Download all artifacts of the job as one ZIP without folders."""
    return _archive(jobs, job_id, jobs.artifacts(user.id, job_id))


@router.post("/jobs/{job_id}/artifacts/{name:path}/link")
def link_to(
    job_id: str, name: str, user: CurrentUser, jobs: JobsDep, links: LinksDep, inline: bool = False
) -> LinkView:
    """Create a signed link to one artifact or to ``artifacts.zip``; needs no token.

    For downloading, or with ``inline`` for a player or a picture on a page, which stays valid
    longer.
    """
    if name == ARCHIVE:
        jobs.artifacts(user.id, job_id)
    else:
        jobs.artifact(user.id, job_id, name)
    url, link = links.make(job_id, name, inline=inline and name != ARCHIVE)
    return LinkView(url=url, expires_at=datetime.fromtimestamp(link.expires, UTC))


@router.get("/jobs/{job_id}/artifacts/{name:path}", response_class=FileResponse)
def download(
    job_id: str, name: str, user: CurrentUser, jobs: JobsDep, redirect: bool = False
) -> Response:
    """Download one artifact, whole or in ranges.

    With ``redirect``, the answer is a short-lived link to the object store, if there is one; the
    client must not send its token there.
    """
    artifact = jobs.artifact(user.id, job_id, name)
    return _answer(jobs, job_id, artifact, inline=False, redirect=redirect)


@router.get("/files/{job_id}/{name:path}", response_class=FileResponse)
def download_by_link(
    job_id: str,
    name: str,
    jobs: JobsDep,
    links: LinksDep,
    expires: str = Query("", max_length=12, pattern=r"^\d*$"),
    inline: str = Query("", max_length=1),
    sig: str = Query("", max_length=64),
    redirect: bool | None = None,
    sec_fetch_mode: str = Header("", include_in_schema=False),
) -> Response:
    """Download by a signed link; needs no token.

    If there is an object store, the answer is a link to it, unless ``redirect`` is 0, or a script
    asks, to which the store's answer would be closed.
    """
    link = FileLink(job_id, name, int(expires or 0), inline == "1")
    links.check(link, sig)
    if name == ARCHIVE:
        return _archive(jobs, job_id, jobs.linked_artifacts(job_id))
    artifact = jobs.linked_artifact(job_id, name)
    follows = sec_fetch_mode != "cors" if redirect is None else redirect
    return _answer(jobs, job_id, artifact, inline=link.inline, redirect=follows)


def _answer(
    jobs: Jobs, job_id: str, artifact: WrittenFile, *, inline: bool, redirect: bool
) -> Response:
    media_type = artifact.media_type or "application/octet-stream"
    name = harmless(saved_as(jobs.title(job_id), artifact.name))
    inline = inline and media_type.startswith(_SHOWN_INLINE)
    if redirect:
        terms = LinkTerms(name, media_type, inline, DOWNLOAD_S)
        if url := jobs.url(job_id, artifact, terms):
            away = ReportingRedirect(url, status.HTTP_302_FOUND, {"Cache-Control": "no-store"})
            # the store doesn't say what it sends; the link can be used until it expires
            away.on_sent = _recorder(jobs, job_id, [artifact], inline=inline, lasts_s=DOWNLOAD_S)
            return away
    answer = file_answer(
        jobs.path(job_id, artifact), media_type=media_type, name=name, etag=artifact.sha256
    )
    answer.on_sent = _recorder(jobs, job_id, [artifact], inline=inline)
    if inline:
        disposition = answer.headers["content-disposition"]
        answer.headers["content-disposition"] = disposition.replace("attachment", "inline", 1)
    return answer


def _archive(jobs: Jobs, job_id: str, artifacts: Sequence[WrittenFile]) -> StreamingResponse:
    flat = flat_names(artifact.name for artifact in artifacts)
    # one after the other: with an object store, each is copied here when its turn comes
    paths = ((flat[artifact.name], jobs.path(job_id, artifact)) for artifact in artifacts)
    files = ((name, path) for name, path in paths if path.is_file())
    name = harmless(f"{jobs.title(job_id) or job_id}.zip")
    disposition = f"attachment; filename*=utf-8''{quote(name)}"
    answer = ReportingStream(
        zip_of(files),
        media_type="application/zip",
        headers={
            "Content-Disposition": disposition,
            "ETag": _tag_of(name, artifacts),
            "Cache-Control": "private, no-cache",
        },
    )
    answer.on_sent = _recorder(jobs, job_id, artifacts, inline=False)
    return answer


def _recorder(
    jobs: Jobs,
    job_id: str,
    artifacts: Sequence[WrittenFile],
    *,
    inline: bool,
    lasts_s: float = 0.0,
) -> Callable[[bool], None] | None:
    """Function that records a read of artifacts, given whether all was sent; None if needless.

    What plays on a page is read, but not downloaded.
    """
    downloads = jobs.downloads
    if downloads is None:
        return None
    names = [artifact.name for artifact in artifacts]

    def record(is_whole: bool) -> None:
        try:
            downloads.record(job_id, names, is_whole=is_whole and not inline, lasts_s=lasts_s)
        except (StoreBusy, StorageFull):  # the files stay until their hours are over
            log.warning("a download of job %s could not be recorded", job_id)

    return record


def _tag_of(name: str, artifacts: Sequence[WrittenFile]) -> str:
    """Entity tag of a ZIP, computed without building it."""
    listed = [name, *(f"{artifact.name} {artifact.sha256}" for artifact in artifacts)]
    return f'"{hashlib.sha256(chr(10).join(listed).encode()).hexdigest()}"'
