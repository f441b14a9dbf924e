"""What the user keeps for the descriptions of all mixes, loaded once a session."""

from __future__ import annotations

from backend.app.contract.descriptions import DescriptionLines, KeptDescription, KeptTemplate

from . import session

KEPT = session.Key[KeptDescription]("kept_description")
#: The API's limit.
MAX_TEMPLATES = 5


def kept() -> KeptDescription:
    """Return what the user keeps."""
    return KEPT.get_or(session.api().kept_description)


def keep_lines(lines: DescriptionLines) -> None:
    """Keep the lines."""
    _keep(session.api().kept_description().model_copy(update={"lines": lines}))


def keep_template(name: str, text: str) -> None:
    """Keep a template; one of the same name is replaced."""
    found = session.api().kept_description()
    others = [one for one in found.templates if one.name.casefold() != name.casefold()]
    template = KeptTemplate(name=name, template=text)
    _keep(found.model_copy(update={"templates": [*others, template]}))


def remove_template(name: str) -> None:
    """Keep a template no longer."""
    found = session.api().kept_description()
    others = [one for one in found.templates if one.name != name]
    _keep(found.model_copy(update={"templates": others}))


def _keep(changed: KeptDescription) -> None:
    KEPT.put(session.api().keep_description(changed))
