"""The files that jobs make: listed, downloaded, played, linked to, and all of them as one ZIP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, StreamingResponse
from starlette.responses import Response

from ..contract.jobs import ArtifactView, LinkView
from ..jobs.workspace import WrittenFile
from ..services.job_views import artifact_view
from ..services.jobs import Jobs
from ..services.links import FileLink
from .archives import flat_names, zip_of
from .dependencies import CurrentUser, JobsDep, LinksDep
from .files import file_answer, harmless

router = APIRouter(tags=["artifacts"])

# The ZIP goes by a name that no step may give to a file.
ARCHIVE = "artifacts.zip"
# What a job is about goes by the job's title alone.
_WHOLE = ("mix", "mashup", "restyled")
# What a browser may show or play by itself; everything else is only ever downloaded.
_SHOWN_INLINE = ("audio/", "video/", "image/jpeg", "image/png", "application/json", "text/plain")


@router.get("/jobs/{job_id}/artifacts")
def list_artifacts(job_id: str, user: CurrentUser, jobs: JobsDep) -> list[ArtifactView]:
    """What the job has made so far."""
    return [artifact_view(file) for file in jobs.artifacts(user.id, job_id)]


@router.get("/jobs/{job_id}/artifacts.zip", response_class=StreamingResponse)
def download_all(job_id: str, user: CurrentUser, jobs: JobsDep) -> Response:
    """All of the job's artifacts as one ZIP, without folders."""
    return _archive(jobs, job_id, jobs.artifacts(user.id, job_id))


@router.post("/jobs/{job_id}/artifacts/{name:path}/link")
def link_to(
    job_id: str,
    name: str,
    user: CurrentUser,
    jobs: JobsDep,
    links: LinksDep,
    inline: bool = False,
) -> LinkView:
    """A link to one artifact (or to ``artifacts.zip``), good for a browser without a token.

    To download it, or (``inline``) for a player or a picture on a page, for as long as one listens.
    """
    if name == ARCHIVE:
        jobs.artifacts(user.id, job_id)
    else:
        jobs.artifact(user.id, job_id, name)
    return _link_view(*links.make(job_id, name, inline=inline and name != ARCHIVE))


@router.get("/jobs/{job_id}/artifacts/{name:path}", response_class=FileResponse)
def download(job_id: str, name: str, user: CurrentUser, jobs: JobsDep) -> FileResponse:
    """One artifact, whole or in ranges."""
    return _answer(jobs, job_id, jobs.artifact(user.id, job_id, name), inline=False)


@router.get("/files/{job_id}/{name:path}", response_class=FileResponse)
def download_by_link(
    job_id: str,
    name: str,
    jobs: JobsDep,
    links: LinksDep,
    expires: str = Query("", max_length=12, pattern=r"^\d*$"),
    inline: str = Query("", max_length=1),
    sig: str = Query("", max_length=64),
) -> Response:
    """What a signed link grants; it needs no token."""
    link = FileLink(job_id, name, int(expires or 0), inline == "1")
    links.check(link, sig)
    if name == ARCHIVE:
        return _archive(jobs, job_id, jobs.linked_artifacts(job_id))
    return _answer(jobs, job_id, jobs.linked_artifact(job_id, name), inline=link.inline)


def _link_view(url: str, link: FileLink) -> LinkView:
    return LinkView(url=url, expires_at=datetime.fromtimestamp(link.expires, UTC))


def _answer(jobs: Jobs, job_id: str, artifact: WrittenFile, *, inline: bool) -> FileResponse:
    media_type = artifact.media_type or "application/octet-stream"
    answer = file_answer(
        jobs.path(job_id, artifact),
        media_type=media_type,
        name=saved_as(jobs.title(job_id), artifact.name),
        etag=artifact.sha256,
    )
    if inline and media_type.startswith(_SHOWN_INLINE):
        disposition = answer.headers["content-disposition"]
        answer.headers["content-disposition"] = disposition.replace("attachment", "inline", 1)
    return answer


def saved_as(title: str, name: str) -> str:
    """The name under which a browser keeps an artifact: that of its job, told apart where needed.

    What has a folder of its own among others goes by that folder's name.

    >>> saved_as("Rainy Sunday", "mix.mp3"), saved_as("Rainy Sunday", "tracklist.txt")
    ('Rainy Sunday.mp3', 'Rainy Sunday - tracklist.txt')
    >>> saved_as("Stems of Sun and 2 more", "stems/Moon/drums.flac")
    'Moon - drums.flac'
    """
    *folders, file = name.split("/")
    if len(folders) > 1:
        return " - ".join([*folders[1:], file])
    if not title:
        return file
    stem, dot, ending = file.partition(".")
    return f"{title}{dot}{ending}" if stem in _WHOLE else f"{title} - {file}"


def _archive(jobs: Jobs, job_id: str, artifacts: Iterable[WrittenFile]) -> StreamingResponse:
    by_name = {artifact.name: jobs.path(job_id, artifact) for artifact in artifacts}
    flat = flat_names(by_name)
    files = [(flat[name], path) for name, path in by_name.items() if path.is_file()]
    name = harmless(f"{jobs.title(job_id) or job_id}.zip")
    disposition = f"attachment; filename*=utf-8''{quote(name)}"
    return StreamingResponse(
        zip_of(files),
        media_type="application/zip",
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-cache"},
    )
