"""Build the metadata writer, and the language model that it uses."""

from __future__ import annotations

from ..llm.access import LlmAccess, llm_access
from ..publishing.metadata.metadata_writer import MetadataWriter
from ..settings import Settings
from .limits import youtube_limits


def metadata_writer(settings: Settings) -> MetadataWriter:
    """Build the writer, with the language model if one is set up."""
    return MetadataWriter(language_model(settings), youtube_limits(settings))


def language_model(settings: Settings) -> LlmAccess | None:
    """The configured language model, if any."""
    return llm_access(
        settings.openai_api_key,
        settings.openai_base_url,
        settings.openai_model,
        settings.llm_timeout_s,
    )
