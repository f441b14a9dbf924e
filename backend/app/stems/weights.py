"""Whose weights are here, who could be fetched, and fetching them; nothing here needs torch."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from ..contract.stems import DRAFT, FOUR_STEMS, SeparatorView
from ..errors import BadWeights, NoModelsFolder, UnknownModel
from .known_models import KNOWN_MODELS, NOTICE, label_of
from .model_files import HUB, demucs_lists, find_model, is_a_name, models_in, old_checkpoints
from .separator import Progress
from .weights_alone import fetching_alone
from .weights_fetch import fetch_model

log = logging.getLogger(__name__)


def refuse_unknown(model: str, repo: Path | None, weights: Path) -> None:
    """Raise :class:`UnknownModel` where there can be no model of this name.

    A name with ``hf://`` before it may be on the hub; only fetching it tells. Where the folder that
    should have it is not there at all, it is a :class:`NoModelsFolder`.
    """
    if model == DRAFT or _can_be(model, repo, weights):
        return
    if repo is not None and is_a_name(model) and not repo.is_dir():
        log.warning("DEMUCS_REPO is not there: %s", repo)
        raise NoModelsFolder(
            "The folder that models are taken from is not there.",
            hint="Set DEMUCS_REPO to the folder that has them, or to nothing, and they are "
            "fetched; “draft” needs no model.",
        )
    here = ", ".join(models_in(repo) if repo else KNOWN_MODELS)
    there_is = f"There is {here}" if here else "The folder that DEMUCS_REPO names holds none"
    raise UnknownModel(
        f"There is no model called “{model}”.", hint=f"{there_is}; “draft” needs no model."
    )


def _can_be(model: str, repo: Path | None, weights: Path) -> bool:
    if not is_a_name(model):
        return False
    if model.startswith(HUB):
        return True
    if repo is not None:
        return _is_here(model, repo, weights)
    return model in old_checkpoints() or (demucs_lists() / f"{model}.yaml").is_file()


def is_ready(model: str, repo: Path | None, weights: Path) -> bool:
    """Whether a separator can go to work without anything being fetched."""
    return model == DRAFT or (is_a_name(model) and _is_here(model, repo, weights))


def _is_here(model: str, repo: Path | None, weights: Path) -> bool:
    """Whether it is here. Torn files in a folder are, and whoever opens them tells of it; fetched
    ones are not, and are fetched again."""
    in_folder = repo is not None and not model.startswith(HUB)
    try:
        files = find_model(model, repo, weights)
        if files is not None and not in_folder:
            files.sources()
    except BadWeights:
        return in_folder
    return files is not None


def needs_notice(model: str, repo: Path | None, weights: Path) -> bool:
    """Whether weights would have to be fetched, so that their notice has to be read before."""
    fetchable = repo is None or model.startswith(HUB)
    return fetchable and not is_ready(model, repo, weights)


def known_separators(default: str, repo: Path | None, weights: Path) -> list[SeparatorView]:
    """The draft, the well-known models that can be had here, the default, and those of the folder.

    A model whose files turn out to be torn is not ready.
    """
    offered = [*KNOWN_MODELS] if repo is None else models_in(repo)
    names = dict.fromkeys([*offered, *([default] if _can_be(default, repo, weights) else [])])
    names.pop(DRAFT, None)
    draft = SeparatorView(model=DRAFT, label="Draft", draft=True, stems=[*FOUR_STEMS], ready=True)
    return [draft, *(_view(model, repo, weights) for model in names)]


def _view(model: str, repo: Path | None, weights: Path) -> SeparatorView:
    known = KNOWN_MODELS.get(model)
    stems, ready = list(known.sources if known else FOUR_STEMS), False
    try:
        if files := find_model(model, repo, weights):
            stems, ready = list(files.sources()), True
    except BadWeights:
        pass  # what is torn is told in full by whoever wants to work with it
    fetched = needs_notice(model, repo, weights)
    return SeparatorView(
        model=model,
        label=label_of(model),
        draft=False,
        stems=stems,
        ready=ready,
        download_mb=known.download_mb if known and fetched else None,
        notice=NOTICE if fetched else "",
    )


def fetch_weights(
    model: str,
    weights: Path,
    progress: Progress,
    say: Callable[[str], None],
    *,
    token: bool = False,
) -> None:
    """Fetch a model's files into ``weights``, if they are not there; the network is not asked then.

    Where somebody else is fetching them, that is waited for.

    Parameters
    ----------
    progress : called many times a second with the share of bytes that came; what it raises ends the
        fetching, and comes out
    say : called with how much has come, in words
    token : whether the hub may be shown the token of whoever runs this server

    Raises
    ------
    UnknownModel
        If there is no such model on the hub.
    WeightsUnreachable
        If there is no way to the hub, or it stops sending.
    BadWeights
        If what came is not what the hub has, is no Demucs model, or is larger than any. It is not
        kept.
    StorageFull
        If there is no room for it.
    NotWritable
        If nothing can be written to ``weights``.
    """
    refuse_unknown(model, None, weights)
    progress(0.0)
    if not is_ready(model, None, weights):
        with fetching_alone(model, weights, progress, say):
            if not is_ready(model, None, weights):
                fetch_model(model, weights, progress, say, token=token)
    progress(1.0)
