"""Routes for previewing a mix's metadata, its template language, and what users keep."""

from __future__ import annotations

from fastapi import APIRouter

from ...contract.descriptions import KeptDescription
from ...contract.publishing import DescriptionOptions, TemplateView, WordsView
from ..dependencies import CurrentUser, KeptDescriptionsDep, MetadataDep

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


@router.get("/description/kept")
def show_kept(user: CurrentUser, kept: KeptDescriptionsDep) -> KeptDescription:
    """Show the lines and templates that you keep for the descriptions of your mixes."""
    return kept.of(user.id)


@router.put("/description/kept")
def keep(
    description: KeptDescription, user: CurrentUser, kept: KeptDescriptionsDep
) -> KeptDescription:
    """Replace the lines and templates that you keep.

    The lines stand under the tracklist of every new mix; a template is used where it is chosen.
    """
    return kept.keep(user.id, description)
