"""Words for a mix: tried out with other options, and what a template of one's own may use."""

from __future__ import annotations

from fastapi import APIRouter

from ..contract.publishing import DescriptionOptions, TemplateView, WordsView
from .dependencies import CurrentUser, WordsDep

router = APIRouter(tags=["words"])


@router.post("/jobs/{job_id}/words")
def write_words(
    job_id: str,
    user: CurrentUser,
    words: WordsDep,
    options: DescriptionOptions | None = None,
) -> WordsView:
    """The words that these options make for a planned mixtape or mashup; nothing is kept.

    With the writer ``llm`` it takes as long as a language model does; where several people ask one
    already it is 503 ``busy``.
    """
    return words.preview(user.id, job_id, options or DescriptionOptions())


@router.get("/words/template")
def show_template(_user: CurrentUser, words: WordsDep) -> TemplateView:
    """The house's template of a description, and what another one may use."""
    return words.template()
