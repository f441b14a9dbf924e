"""Who takes songs apart, by name."""

from __future__ import annotations

from pathlib import Path

from ..contract.stems import DRAFT
from .demucs_separator import DemucsSeparator
from .draft import Draft
from .separator import Separator
from .weights import refuse_unknown


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
    refuse_unknown(model, repo, weights)
    return DemucsSeparator(model, repo, weights)
