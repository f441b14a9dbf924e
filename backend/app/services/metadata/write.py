"""The step that writes a finished mix's description, title and tags."""

from __future__ import annotations

from collections.abc import Callable

from ...contract.publishing import DescriptionOptions
from ...errors import BadTemplate
from ...jobs.pipeline import JobT, Step, StepContext, default_limit_s
from ...publishing.metadata.linked_names import linked_names_note
from ...publishing.metadata.metadata_writer import MetadataWriter
from ...publishing.metadata.template_context import MixFacts
from ..files.names import DESCRIPTION, METADATA


def describe_step(
    describe: Callable[[StepContext[JobT], MetadataWriter], None], writer: MetadataWriter
) -> Step[JobT]:
    """The step "describing"; its time limit includes the language model's timeout."""
    llm_s = writer.model.timeout_s if writer.model else 0.0
    return Step(
        "describing",
        lambda ctx: describe(ctx, writer),
        weight=0.0001,
        limit_s=lambda work_s: default_limit_s(work_s) + llm_s,
    )


def write_metadata(
    ctx: StepContext[JobT], writer: MetadataWriter, facts: MixFacts, options: DescriptionOptions
) -> None:
    """Write the metadata files, with notes for the user.

    They say what was shortened, or written by the template instead of a model.
    """
    if options.writer == "llm":
        ctx.say("a language model writes")
    try:
        metadata = writer.write(facts, options)
    except BadTemplate as bad:  # the template worked on the example, but not on these titles
        ctx.note(f"{bad.message} The default template is used instead.")
        metadata = writer.write(facts, options.model_copy(update={"template": None}))
    if names := metadata.linked_names:
        ctx.note(linked_names_note(names, kept=options.links_in_names))
    for note in metadata.notes:
        ctx.note(note)
    ctx.workspace.write_text(DESCRIPTION, metadata.description)
    ctx.workspace.write_shape(METADATA, metadata, artifact=True, indent=1)
