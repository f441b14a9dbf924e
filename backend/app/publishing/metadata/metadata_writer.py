"""Write a mix's metadata from a template or with a language model."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...contract.descriptions import DescriptionLines
from ...contract.publishing import DescriptionOptions, WordsView
from ...llm.access import LlmAccess
from ...llm.failure import LlmFailed
from ..youtube.limits import MARKER_CHARS, YouTubeLimits
from .description import chapter_notes, description, hashtag
from .genres import in_small_letters
from .graphemes import shortened_to
from .linked_names import facts_without_links, linked_names
from .llm.writer import Suggestion, fitting_tags, suggest_metadata
from .template import DescriptionTemplate
from .template_context import MixFacts

NO_MODEL = "no language model is set up here"
_NO_SUGGESTION = Suggestion(title="", intro="", hashtags=(), tags=())


@dataclass(frozen=True, slots=True)
class MetadataWriter:
    """Writes titles, descriptions and tags; ``model`` None means without a language model.

    Thread-safe.
    """

    model: LlmAccess | None
    limits: YouTubeLimits

    def write(self, facts: MixFacts, options: DescriptionOptions) -> WordsView:
        """Write a mix's metadata; tracks, times and credits come from ``facts``.

        The intro and hashtags of ``facts`` are used if neither the user nor a model writes others.
        Raise ``BadTemplate`` if the template is invalid.
        """
        template = template_of(options)
        linked, lines = linked_names(facts), options.lines or DescriptionLines()
        facts = facts if options.links_in_names else facts_without_links(facts)
        facts = replace(facts, language=options.language)
        suggestion, notes = self._suggestion(facts, options)
        facts = replace(
            facts,
            intro=options.intro or suggestion.intro or facts.intro,
            hashtags=tuple(options.hashtags) or suggestion.hashtags or facts.hashtags,
            links=lines.links,
            support=lines.support,
            licence=lines.licence,
        )
        text, shortened = description(facts, template, self.limits.description_bytes)
        return WordsView(
            title=self._title(suggestion.title or facts.title),
            description=text,
            tags=self._tags(suggestion, facts),
            hashtags=[tag for tag in map(hashtag, facts.hashtags) if tag],
            written_by="template" if suggestion is _NO_SUGGESTION else "llm",
            notes=[*notes, *shortened, *chapter_notes(text, facts, self.limits)],
            linked_names=list(linked),
        )

    def _suggestion(
        self, facts: MixFacts, options: DescriptionOptions
    ) -> tuple[Suggestion, list[str]]:
        """Ask the language model if requested; return its suggestion and notes."""
        if options.writer != "llm":
            return _NO_SUGGESTION, []
        try:
            if self.model is None:
                raise LlmFailed(NO_MODEL)
            found = suggest_metadata(
                self.model,
                facts,
                title_chars=self.limits.title_chars,
                tags_chars=self._tags_chars,
            )
        except LlmFailed as failed:
            why = f"The template was used instead of a language model: {failed.reason}."
            return _NO_SUGGESTION, [why]
        notes = ["A language model wrote the text around the facts."]
        return found, notes + [f"Left out: {found.left_out}."] * bool(found.left_out)

    def _title(self, title: str) -> str:
        return shortened_to(title.replace("<", "‹").replace(">", "›"), self.limits.title_chars)

    def _tags(self, suggestion: Suggestion, facts: MixFacts) -> list[str]:
        """Join the model's tags, genres, hashtags and artists to one list of tags."""
        hashtags = [hashtag(tag).lstrip("#") for tag in facts.hashtags]
        genres = [in_small_letters(genre) for genre in facts.genres]
        tags = [*suggestion.tags, *genres, *hashtags, *facts.credits]
        return list(fitting_tags(tags, self._tags_chars))

    @property
    def _tags_chars(self) -> int:
        return self.limits.tags_chars - MARKER_CHARS


def template_of(options: DescriptionOptions) -> DescriptionTemplate | None:
    """The user's template, None for the default; :class:`BadTemplate` if it is invalid."""
    return None if options.template is None else DescriptionTemplate(options.template)
