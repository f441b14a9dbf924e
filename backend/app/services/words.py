"""Words tried out on a planned mix, before anything is published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import TypeVar

from pydantic import ValidationError

from ..contract.base import Shape
from ..contract.mashups import MashupReport
from ..contract.mixes import TimelineView
from ..contract.publishing import DescriptionOptions, TemplateName, TemplateView, WordsView
from ..dj.timeline_view import timeline_of
from ..errors import Conflict, InvalidRequest, NotFound, StoreBusy
from ..publishing.description import description
from ..publishing.offered import EXAMPLE, OFFERED, Words, values
from ..publishing.template import HOUSE
from ..publishing.template_work import FILTERS
from ..publishing.written import WordWriter
from ..store.blobs import ContentStore
from ..store.job_records import JobRecord
from ..store.jobs import JobStore
from .mix_files import TIMELINE
from .mixtape_inputs import MixtapeInputs
from .words_facts import REPORT, mashup_facts, mixtape_facts

Read = TypeVar("Read", bound=Shape)

ASKING_AT_ONCE = 2
"""A question holds one of the API's 40 threads for up to half a minute."""


@dataclass(frozen=True, slots=True)
class MixWords:
    """Writes words for users' mixes. Safe to share between threads."""

    store: JobStore
    workspaces: Path
    content: ContentStore
    writer: WordWriter
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(ASKING_AT_ONCE))

    def preview(self, user_id: str, job_id: str, options: DescriptionOptions) -> WordsView:
        """The words that these options make for a mix.

        Raises
        ------
        NotFound
            If the user has no such job.
        InvalidRequest
            If it makes nothing that has a timeline, or the template is none.
        Conflict
            If it is not planned yet.
        StoreBusy
            If a language model is to be asked, and enough people wait for one.
        """
        facts = self._facts(user_id, job_id)
        if options.writer != "llm":
            return self.writer.write(facts, options)
        with self._turn():
            return self.writer.write(facts, options)

    def template(self) -> TemplateView:
        """The house's template, and what another one may use."""
        return TemplateView(
            template=HOUSE,
            names=[
                TemplateName(
                    name=name,
                    meaning=offered.meaning,
                    example=_example(name),
                    is_sequence=offered.is_sequence,
                    fields=list(offered.fields),
                )
                for name, offered in OFFERED.items()
            ],
            filters=list(FILTERS),
            example=description(EXAMPLE)[0],
        )

    def _facts(self, user_id: str, job_id: str) -> Words:
        record, inputs = self.store.find(user_id, job_id), self.store.inputs(user_id, job_id)
        if record is None or inputs is None:
            raise NotFound("There is no such mix.", hint="Choose one of your jobs.")
        if record.job.kind not in ("mixtape", "mashup"):
            raise InvalidRequest("This job has no tracklist.", hint="Choose a mixtape or a mashup.")
        view = self._read(record, TIMELINE, TimelineView)
        if view is None:
            raise Conflict(
                "There are no words for this mix yet: it is not planned.",
                hint="Wait until its joins are planned.",
            )
        if record.job.kind == "mashup":
            report = self._read(record, REPORT, MashupReport)
            return mashup_facts(view, record.job.title, report)
        mix = MixtapeInputs.model_validate_json(inputs)
        return mixtape_facts(timeline_of(view), mix.title, mix.tracks, self.content)

    def _read(self, record: JobRecord, name: str, shape: type[Read]) -> Read | None:
        """One of the job's artifacts; None where it is not there, or of an older shape."""
        if name not in (artifact.name for artifact in record.artifacts):
            return None
        try:
            return shape.model_validate_json((self.workspaces / record.job.id / name).read_bytes())
        except (FileNotFoundError, ValidationError):  # gone at this very moment, or too old
            return None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A turn to ask a language model; :class:`StoreBusy` if there is none."""
        if not self._turns.acquire(blocking=False):
            raise StoreBusy(
                "Others wait for the language model just now.", hint="Try again in half a minute."
            )
        try:
            yield
        finally:
            self._turns.release()


def _example(name: str) -> str:
    """What a name stands for in the example; of several values the first."""
    value = values(EXAMPLE)[name]
    if name == "chapters":
        first = EXAMPLE.chapters[0]
        return f"{first.stamp} {first.title}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
