"""Preview the metadata of a planned mix before it is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import BoundedSemaphore

from ...contract.mashups import MashupReport
from ...contract.mixes import TimelineView
from ...contract.publishing import DescriptionOptions, TemplateName, TemplateView, WordsView
from ...contract.stored_json import OtherVersion, read_stored
from ...dj.timeline_json import timeline_of
from ...errors import Conflict, InvalidRequest, NotFound, StoreBusy
from ...publishing.metadata.description import description
from ...publishing.metadata.metadata_writer import MetadataWriter
from ...publishing.metadata.template import DEFAULT_TEMPLATE
from ...publishing.metadata.template_context import (
    EXAMPLE,
    TEMPLATE_NAMES,
    MixFacts,
    template_values,
)
from ...publishing.metadata.template_limits import FILTERS
from ...store.files.blobs import ContentStore
from ...store.files.workspaces import Workspaces
from ...store.jobs.job_store import JobStore
from ...store.jobs.records import JobRecord
from ..files.artifacts import read_artifact
from ..files.names import REPORT, TIMELINE
from ..mashup.inputs import MashupInputs
from ..metadata.facts import mashup_facts, mixtape_facts
from ..metadata.kept import KeptDescriptions
from ..mixtape.inputs import MixtapeInputs

#: Each preview holds one of the API's 40 threads for up to half a minute.
PARALLEL_LLM_PREVIEWS = 2


@dataclass(frozen=True, slots=True)
class MetadataPreview:
    """Writes metadata for users' mixes. Safe to share between threads."""

    jobs: JobStore
    workspaces: Workspaces
    store: ContentStore
    writer: MetadataWriter
    kept: KeptDescriptions
    _llm_slots: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(PARALLEL_LLM_PREVIEWS)
    )

    def preview(self, user_id: str, job_id: str, options: DescriptionOptions) -> WordsView:
        """Write the metadata of a mix with these options.

        Raise :class:`NotFound` if the user has no such job, :class:`InvalidRequest` if its kind has
        no timeline or the template is invalid, :class:`Conflict` if it is not planned yet,
        :class:`OtherVersion` if another version stored it differently, and :class:`StoreBusy` if
        enough users wait for the language model already.
        """
        facts = self._facts(user_id, job_id)
        options = self.kept.with_lines(user_id, options)
        if options.writer != "llm":
            return self.writer.write(facts, options)
        if not self._llm_slots.acquire(blocking=False):
            raise StoreBusy("The language model is busy.", hint="Try again in half a minute.")
        try:
            return self.writer.write(facts, options)
        finally:
            self._llm_slots.release()

    def template(self) -> TemplateView:
        """The default template, and the names and filters that a template may use."""
        return TemplateView(
            template=DEFAULT_TEMPLATE,
            names=[
                TemplateName(
                    name=name,
                    meaning=offered.meaning,
                    example=_example(name),
                    is_sequence=offered.is_sequence,
                    fields=list(offered.fields),
                )
                for name, offered in TEMPLATE_NAMES.items()
            ],
            filters=list(FILTERS),
            example=description(EXAMPLE, None, self.writer.limits.description_bytes)[0],
            has_language_model=self.writer.model is not None,
        )

    def _facts(self, user_id: str, job_id: str) -> MixFacts:
        record, inputs = self.jobs.find(user_id, job_id), self.jobs.inputs(user_id, job_id)
        if record is None or inputs is None:
            raise NotFound("There is no such mix.", hint="Choose one of your jobs.")
        if record.job.kind not in ("mixtape", "mashup"):
            raise InvalidRequest("This job has no tracklist.", hint="Choose a mixtape or a mashup.")
        view = read_artifact(self.workspaces, record, TIMELINE, TimelineView)
        if view is None:
            raise Conflict("This mix is not planned yet.", hint="Wait until its joins are planned.")
        if record.job.kind == "mashup":
            songs = read_stored(MashupInputs, inputs).tracks
            return mashup_facts(view, record.job.title, self._report(record), songs)
        mix = read_stored(MixtapeInputs, inputs)
        return mixtape_facts(timeline_of(view), mix.title, mix.tracks, self.store)

    def _report(self, record: JobRecord) -> MashupReport | None:
        """Read a mashup's report; its facts are complete enough without it."""
        try:
            return read_artifact(self.workspaces, record, REPORT, MashupReport)
        except OtherVersion:
            return None


def _example(name: str) -> str:
    """A name's value in the example; of several values the first."""
    value = template_values(EXAMPLE)[name]
    if name == "chapters":
        first = EXAMPLE.chapters[0]
        return f"{first.stamp} {first.title}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
