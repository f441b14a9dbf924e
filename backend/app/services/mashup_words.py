"""The last step of a mashup: its description, and the other words that go online."""

from __future__ import annotations

from ..contract.mashups import MashupReport
from ..contract.mixes import TimelineView
from ..jobs.pipeline import StepContext
from ..publishing.written import WordWriter
from .mashup_inputs import MashupJob
from .mix_files import TIMELINE
from .mix_words import write_words
from .words_facts import REPORT, mashup_facts


def describe_mashup(ctx: StepContext[MashupJob], writer: WordWriter) -> None:
    """Write the words, and say which rules could not be met."""
    view = TimelineView.model_validate_json(ctx.workspace.path(TIMELINE).read_bytes())
    report = MashupReport.model_validate_json(ctx.workspace.path(REPORT).read_bytes())
    facts = mashup_facts(view, report.title, report)
    write_words(ctx, writer, facts, ctx.job.request.description)
