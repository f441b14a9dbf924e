"""Joins to hear before a whole mix is made: asked for once, kept while the page lives."""

from __future__ import annotations

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobView, PreviewRequest

from . import session

SOUND = "preview.mp3"
#: The job that made a preview, by what was asked for.
MADE = session.Key[dict[str, str]]("previews")
#: What was asked for last: it plays by itself.
EXPECTED = session.Key[str]("preview_expected")


def ask(request: PreviewRequest) -> None:
    """Have it made, unless it was already, or is just being made."""
    EXPECTED.put(_name(request))
    if _name(request) not in (MADE.get() or {}):
        job = session.api().start(request)
        MADE.put({**(MADE.get() or {}), _name(request): job.id})


def job_for(request: PreviewRequest) -> JobView | None:
    """How the preview stands; None if nobody asked for it."""
    job_id = (MADE.get() or {}).get(_name(request))
    return session.api().job(job_id) if job_id else None


def forget(request: PreviewRequest) -> None:
    """Let a preview that failed be asked for again."""
    name = _name(request)
    MADE.put({key: job for key, job in (MADE.get() or {}).items() if key != name})


def plays_by_itself(request: PreviewRequest) -> bool:
    """Whether it is the one that somebody asked for last."""
    return EXPECTED.get() == _name(request)


def link(job: JobView) -> str:
    """Where the browser finds the sound."""
    return session.link_to(job.id, SOUND, inline=True)


def request_for(job_id: str, transition: int, override: PairChoice | None) -> PreviewRequest:
    """The seconds round one join, as it is or as ``override`` would have it."""
    return PreviewRequest(job_id=job_id, transition=transition, override=override)


def _name(request: PreviewRequest) -> str:
    return request.model_dump_json()
