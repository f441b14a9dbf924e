"""Choose a separator by name."""

from __future__ import annotations

from pathlib import Path

from ..contract.stems import DRAFT
from .demucs.separator import DemucsSeparator
from .draft.separator import Draft
from .separator import Separator
from .weights.available import require_known_model


def separator_of(model: str, repo: Path | None, weights: Path) -> Separator:
    """Return the separator of this name; its model is loaded on first use.

    ``model`` is ``draft`` or a Demucs model; raise ``UnknownModel`` if no model can have this name.
    ``repo`` is a folder with models, for machines without internet; if it is None, models are
    downloaded to ``weights``.
    """
    if model == DRAFT:
        return Draft()
    require_known_model(model, repo, weights)
    return DemucsSeparator(model, repo, weights)
