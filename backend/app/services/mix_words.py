"""The words of a finished mix, as files: its description, and all else that goes online with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..contract.publishing import DescriptionOptions
from ..errors import BadTemplate
from ..jobs.pipeline import Step, StepContext, default_limit_s
from ..llm.access import LlmAccess, llm_access
from ..publishing.limits import limits_of
from ..publishing.offered import Words
from ..publishing.written import WordWriter
from ..settings import Settings
from .mix_files import DESCRIPTION, WORDS

JobT = TypeVar("JobT")


def writer_of(settings: Settings) -> WordWriter:
    """Who writes words with these settings."""
    return WordWriter(model_of(settings), limits_of(settings))


def model_of(settings: Settings) -> LlmAccess | None:
    """The language model that the settings name; None where they name none."""
    return llm_access(
        settings.openai_api_key,
        settings.openai_base_url,
        settings.openai_model,
        settings.llm_timeout_s,
    )


def describing(
    describe: Callable[[StepContext[JobT], WordWriter], None], settings: Settings
) -> Step[JobT]:
    """The step that writes words, which may take as long as a language model is waited for."""
    writer = writer_of(settings)
    return Step(
        "describing",
        lambda ctx: describe(ctx, writer),
        weight=0.0001,
        limit_s=lambda work_s: default_limit_s(work_s) + settings.llm_timeout_s,
    )


def write_words(
    ctx: StepContext[JobT], writer: WordWriter, facts: Words, options: DescriptionOptions
) -> None:
    """Write both files, and tell what had to give way, or who stood in for whom."""
    if options.writer == "llm":
        ctx.say("a language model writes")
    try:
        words = writer.write(facts, options)
    except BadTemplate as bad:  # of real titles, for once: on examples it was tried before
        ctx.note(f"{bad.message} The house's template is used instead.")
        words = writer.write(facts, options.model_copy(update={"template": None}))
    for note in words.notes:
        ctx.note(note)
    with ctx.workspace.write(DESCRIPTION, "text/plain; charset=utf-8") as path:
        path.write_text(words.description, encoding="utf-8")
    with ctx.workspace.write(WORDS, "application/json") as path:
        path.write_text(words.model_dump_json(indent=1), encoding="utf-8")
