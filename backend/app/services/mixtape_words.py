"""The last step of a mixtape: tracklist and description."""

from __future__ import annotations

from ..jobs.pipeline import StepContext
from ..publishing.chapters import broken_rules, listed_chapters
from ..publishing.description import description, tracklist
from ..publishing.offered import Words
from .mixtape_inputs import MixtapeJob
from .mixtape_plan import planned


def describe_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Write ``tracklist.txt`` and ``description.txt``, and say which rules could not be met."""
    timeline = planned(ctx.workspace)
    chapters = listed_chapters(timeline)
    wishes = ctx.job.request.description
    text, notes = description(
        Words(
            intro=wishes.intro or ctx.job.inputs.title,
            chapters=tuple(chapters),
            credits=tuple(dict.fromkeys(clip.artist for clip in timeline.clips if clip.artist)),
            hashtags=tuple(wishes.hashtags or ("mixtape", "djmix")),
        )
    )
    for note in [*broken_rules(chapters, timeline.duration_s), *notes]:
        ctx.note(note)
    for name, content in (("tracklist.txt", tracklist(chapters)), ("description.txt", text)):
        with ctx.workspace.write(name, "text/plain; charset=utf-8") as path:
            path.write_text(content, encoding="utf-8")
