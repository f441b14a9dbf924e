"""Title, description, tags and hashtags of a mix, by a template or by a language model."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..contract.publishing import DescriptionOptions, WordsView
from ..llm.access import LlmAccess
from ..llm.failure import LlmFailed
from .description import chapter_notes, description, hashtag
from .graphemes import shortened_to
from .limits import YouTubeLimits
from .llm_words import Suggested, fitting_tags, suggested
from .offered import Words
from .preflight import MARKER_CHARS
from .template import DescriptionTemplate

NO_MODEL = "no language model is set up here"


@dataclass(frozen=True, slots=True)
class WordWriter:
    """Writes words; ``model`` is None where none is set up. Safe to share between threads."""

    model: LlmAccess | None
    limits: YouTubeLimits

    def write(self, facts: Words, options: DescriptionOptions) -> WordsView:
        """The words for a mix; its tracks, times and credits are those of ``facts``.

        ``facts`` have an intro and hashtags for where nobody writes others.

        Raises
        ------
        BadTemplate
            If the template of the options is none.
        """
        template = template_of(options)
        suggestion, notes = self._suggestion(facts, options)
        words = replace(
            facts,
            intro=options.intro or (suggestion.intro if suggestion else facts.intro),
            hashtags=tuple(options.hashtags)
            or (suggestion.hashtags if suggestion else ())
            or facts.hashtags,
        )
        text, gave_way = description(words, template, self.limits.description_bytes)
        rules = {"min_chapters": self.limits.chapters, "min_chapter_s": self.limits.chapter_s}
        return WordsView(
            title=self._title(suggestion, facts),
            description=text,
            tags=self._tags(suggestion, words),
            hashtags=[tag for tag in map(hashtag, words.hashtags) if tag],
            written_by="llm" if suggestion else "template",
            notes=[*notes, *gave_way, *chapter_notes(text, words, **rules)],
        )

    def _suggestion(
        self, facts: Words, options: DescriptionOptions
    ) -> tuple[Suggested | None, list[str]]:
        """What a language model suggests, if it is asked and anything comes of it; and notes."""
        if options.writer != "llm":
            return None, []
        why = NO_MODEL
        if self.model is not None:
            try:
                found = suggested(
                    self.model,
                    facts,
                    options.language,
                    title_chars=self.limits.title_chars,
                    tags_chars=self._tags_chars,
                )
            except LlmFailed as failed:
                why = failed.words
            else:
                return found, ["A language model wrote the words round the facts.", *found.notes]
        return None, [f"The template stands in for a language model: {why}."]

    def _title(self, suggestion: Suggested | None, facts: Words) -> str:
        title = (suggestion.title if suggestion else "") or facts.title
        return shortened_to(title.replace("<", "‹").replace(">", "›"), self.limits.title_chars)

    def _tags(self, suggestion: Suggested | None, words: Words) -> list[str]:
        """A model's, then what is known: the hashtags, and who is heard."""
        known = [hashtag(tag).lstrip("#") for tag in words.hashtags]
        asked = suggestion.tags if suggestion else ()
        return list(fitting_tags([*asked, *known, *words.credits], self._tags_chars))

    @property
    def _tags_chars(self) -> int:
        return self.limits.tags_chars - MARKER_CHARS


def template_of(options: DescriptionOptions) -> DescriptionTemplate | None:
    """The person's own template, None for the house's; :class:`BadTemplate` if it is none."""
    return None if options.template is None else DescriptionTemplate(options.template)
