"""Who takes songs apart, by name."""

from __future__ import annotations

from pathlib import Path

from ..contract.stems import DRAFT
from ..errors import UnknownModel
from .draft import Draft
from .separator import Separator


def separator_of(model: str, repo: Path | None, weights: Path) -> Separator:
    """The separator of this name; nothing is loaded before it has to work.

    Parameters
    ----------
    model : ``draft``, or the name of a Demucs model
    repo : a folder with models, for machines without internet; None: they are fetched
    weights : where fetched models are kept

    Raises
    ------
    UnknownModel
        If there can be no separator of this name.
    """
    if model == DRAFT:
        return Draft()
    raise UnknownModel(
        f"There is no separator called “{model}” in {repo or weights}.", hint="Use “draft”."
    )
