"""What a user keeps for the next mix's description: lines under the tracklist, and templates."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract.descriptions import KeptDescription
from ...contract.publishing import DescriptionOptions
from ...errors import BadTemplate, InvalidRequest
from ...publishing.metadata.template import DescriptionTemplate
from ...store.kept_descriptions import KeptDescriptionStore


@dataclass(frozen=True, slots=True)
class KeptDescriptions:
    """Lines and templates that users keep. Safe to share between threads."""

    rows: KeptDescriptionStore

    def of(self, user_id: str) -> KeptDescription:
        """What the user keeps."""
        return self.rows.of(user_id)

    def keep(self, user_id: str, kept: KeptDescription) -> KeptDescription:
        """Replace what the user keeps.

        Raise :class:`InvalidRequest` if two templates have the same name, and
        :class:`BadTemplate` if one is invalid.
        """
        names = [template.name.casefold() for template in kept.templates]
        if len(set(names)) < len(names):
            raise InvalidRequest("Two templates have the same name.", hint="Rename one of them.")
        for template in kept.templates:
            try:
                DescriptionTemplate(template.template)
            except BadTemplate as bad:
                raise BadTemplate(f"“{template.name}”: {bad.message}", hint=bad.hint) from bad
        self.rows.put(user_id, kept)
        return kept

    def with_lines(self, user_id: str, options: DescriptionOptions) -> DescriptionOptions:
        """The options with the lines that the user keeps, unless they have others."""
        if options.lines is not None:
            return options
        return options.model_copy(update={"lines": self.of(user_id).lines})
