"""Whether the server has a language model, and the choices that need one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from backend.app.contract.publishing import TemplateView

from . import session

#: The server's description template and the names it may use, loaded once a session.
TEMPLATE = session.Key[TemplateView]("words_template")

Choice = TypeVar("Choice", bound=str)


def template() -> TemplateView:
    """Return the server's description template, loaded once a session."""
    return TEMPLATE.get_or(session.api().words_template)


def offered(options: Mapping[Choice, str]) -> dict[Choice, str]:
    """Return the options, without ``llm`` if the server has no language model."""
    has_model = template().has_language_model
    return {name: label for name, label in options.items() if has_model or name != "llm"}
