"""The last step of a mixtape: tracklist, description, and the other words that go online."""

from __future__ import annotations

from ..jobs.pipeline import StepContext
from ..publishing.description import tracklist
from ..publishing.written import WordWriter
from .mix_files import TRACKLIST
from .mix_words import write_words
from .mixtape_inputs import MixtapeJob
from .mixtape_plan import planned
from .words_facts import mixtape_facts


def describe_mix(ctx: StepContext[MixtapeJob], writer: WordWriter) -> None:
    """Write ``tracklist.txt`` and the words, and say which rules could not be met."""
    job, inputs = ctx.job, ctx.job.inputs
    facts = mixtape_facts(planned(ctx.workspace), inputs.title, inputs.tracks, job.content)
    with ctx.workspace.write(TRACKLIST, "text/plain; charset=utf-8") as path:
        path.write_text(tracklist(facts.chapters), encoding="utf-8")
    write_words(ctx, writer, facts, job.request.description)
