"""Routes for previewing a mix's metadata and its template language."""

from __future__ import annotations

from fastapi import APIRouter

from ...contract.publishing import DescriptionOptions, TemplateView, WordsView
from ..dependencies import CurrentUser, MetadataDep

router = APIRouter(tags=["words"])


@router.post("/jobs/{job_id}/words")
def write_words(
    job_id: str, user: CurrentUser, metadata: MetadataDep, options: DescriptionOptions | None = None
) -> WordsView:
    """Preview title, description and tags of a planned mixtape or mashup; nothing is stored.

    With the writer ``llm`` it waits for the language model; 503 ``busy`` if several requests
    already do.
    """
    return metadata.preview(user.id, job_id, options or DescriptionOptions())


@router.get("/words/template")
def show_template(_user: CurrentUser, metadata: MetadataDep) -> TemplateView:
    """Show the default description template and the template language."""
    return metadata.template()
