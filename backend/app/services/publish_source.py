"""The mix that is to be published, as far as it has come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..contract.mixes import TimelineView
from ..contract.publishing import WordsView
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of
from ..errors import InvalidRequest, NotFound
from ..jobs.states import JobStatus
from ..store.job_records import JobRecord
from ..store.jobs import JobStore
from .mix_files import DESCRIPTION, TIMELINE, TRACKLIST, WORDS

KINDS = ("mixtape", "mashup", "restyle")
SYNTHETIC = ("mashup", "restyle")
"""What nobody has ever played: YouTube asks for a declaration of that."""

# A tracklist is written for people; YouTube takes no angle brackets.
_FORBIDDEN = str.maketrans({"<": "‹", ">": "›"})


@dataclass(frozen=True, slots=True)
class PublishSource:
    """A job whose mix can go online."""

    record: JobRecord
    folder: Path

    @property
    def kind(self) -> str:
        """What kind of job made it."""
        return self.record.job.kind

    @property
    def title(self) -> str:
        """What the mix is called."""
        return self.record.job.title

    @property
    def is_ready(self) -> bool:
        """Whether all of its files are there."""
        return self.record.job.status is JobStatus.SUCCEEDED

    def size_of(self, name: str) -> int | None:
        """Bytes of one of its files; None if there is none of that name (yet)."""
        return next((file.size for file in self.record.artifacts if file.name == name), None)

    def description(self) -> str | None:
        """The words that were made along with it, or at least who is in it; None if there are none
        (yet)."""
        words = self._text(DESCRIPTION)
        if words is None and (words := self._text(TRACKLIST)) is not None:
            words = words.translate(_FORBIDDEN)
        return words

    def tags(self) -> tuple[str, ...]:
        """The tags that were written along with it; none where nobody wrote any (yet)."""
        text = self._text(WORDS)
        try:
            return () if text is None else tuple(WordsView.model_validate_json(text).tags)
        except ValidationError:  # of a Segue that is older than this shape
            return ()

    def duration_s(self) -> float | None:
        """How long it is; None before it is planned."""
        timeline = self._timeline()
        return None if timeline is None else timeline.duration_s

    def timeline(self) -> Timeline | None:
        """How it was laid out; None before that."""
        timeline = self._timeline()
        return None if timeline is None else timeline_of(timeline)

    def _timeline(self) -> TimelineView | None:
        text = self._text(TIMELINE)
        try:
            return None if text is None else TimelineView.model_validate_json(text)
        except ValidationError:  # of a Segue that is older than this shape
            return None

    def _text(self, name: str) -> str | None:
        if self.size_of(name) is None:
            return None
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:  # deleted at this very moment
            return None


def source_of(store: JobStore, workspaces: Path, user_id: str, job_id: str) -> PublishSource:
    """The user's job of this id.

    Raises
    ------
    NotFound
        If the user has no such job.
    InvalidRequest
        If it is of a kind that makes nothing to publish.
    """
    record = store.find(user_id, job_id)
    if record is None:
        raise NotFound("There is no such mix.", hint="Choose one of your jobs.")
    if record.job.kind not in KINDS:
        raise InvalidRequest(
            "There is nothing to publish in this job.",
            hint="Choose a mixtape, a mashup or a restyle.",
        )
    return PublishSource(record, workspaces / job_id)
