"""List installed and downloadable models, and download weights; needs no torch."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from ...contract.stems import DRAFT, FOUR_STEMS, SeparatorView
from ...errors import BadWeights, NoModelsFolder, UnknownModel
from ..separator import Progress
from .fetch import fetch_model
from .known_models import KNOWN_MODELS, NOTICE, describe
from .lock import download_lock
from .model_files import HUB, demucs_lists, find_model, is_a_name, models_in, old_checkpoints

log = logging.getLogger(__name__)


def require_known_model(model: str, repo: Path | None, weights: Path) -> None:
    """Raise ``UnknownModel`` if no model can have this name.

    Whether the hub has a name with ``hf://`` shows only at the download. Raise ``NoModelsFolder``
    if ``repo`` does not exist.
    """
    if model == DRAFT or _can_be(model, repo, weights):
        return
    if repo is not None and is_a_name(model) and not repo.is_dir():
        log.warning("DEMUCS_REPO is not there: %s", repo)
        raise NoModelsFolder(
            "The models folder does not exist.",
            hint="Set DEMUCS_REPO to an existing folder, or to nothing to download models; “draft” "
            "needs no model.",
        )
    here = ", ".join(models_in(repo) if repo else KNOWN_MODELS)
    choice = f"There is {here}" if here else "The folder in DEMUCS_REPO has none"
    raise UnknownModel(
        f"There is no model called “{model}”.", hint=f"{choice}; “draft” needs no model."
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
    """Whether a separator can run without a download."""
    return model == DRAFT or (is_a_name(model) and _is_here(model, repo, weights))


def _is_here(model: str, repo: Path | None, weights: Path) -> bool:
    """Whether a model is installed.

    Damaged files in ``repo`` count as installed, and using them reports the damage; damaged
    downloads do not count, and are downloaded again.
    """
    in_folder = repo is not None and not model.startswith(HUB)
    try:
        files = find_model(model, repo, weights)
        if files is not None and not in_folder:
            files.sources()
    except BadWeights:
        return in_folder
    return files is not None


def needs_notice(model: str, repo: Path | None, weights: Path) -> bool:
    """Whether weights must be downloaded, and their notice accepted first."""
    fetchable = repo is None or model.startswith(HUB)
    return fetchable and not is_ready(model, repo, weights)


def known_separators(default: str, repo: Path | None, weights: Path) -> list[SeparatorView]:
    """List the draft separator, the known models or those in ``repo``, and the default.

    A model with damaged files is not ready.
    """
    offered = [*KNOWN_MODELS] if repo is None else models_in(repo)
    if _can_be(default, repo, weights):
        offered.append(default)
    names = [name for name in dict.fromkeys(offered) if name != DRAFT]
    draft = SeparatorView(model=DRAFT, label="Draft", draft=True, stems=[*FOUR_STEMS], ready=True)
    return [draft, *(_view(model, repo, weights) for model in names)]


def _view(model: str, repo: Path | None, weights: Path) -> SeparatorView:
    known = describe(model)
    stems, ready = known.sources, False
    try:
        if files := find_model(model, repo, weights):
            stems, ready = files.sources(), True
    except BadWeights:
        pass  # damage is reported in full when the model is used
    fetched = needs_notice(model, repo, weights)
    return SeparatorView(
        model=model,
        label=known.label,
        draft=False,
        stems=list(stems),
        ready=ready,
        download_mb=known.download_mb if fetched else None,
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
    """Download a model's files into ``weights``, unless they are installed.

    Wait if another process is downloading them. ``progress`` is called many times a second with
    the share received; an exception from it ends the download and is passed on. ``say`` is called
    with the amount received, in words. ``token``: send the operator's token to the hub.

    Raise ``UnknownModel`` if no server has the model, ``WeightsUnreachable`` if a server does not
    answer or stops sending, and ``BadWeights`` if the files are not as announced, are no Demucs
    model, or are too large; they are deleted then. Raise ``StorageFull`` or ``NotWritable`` if the
    disk is full or ``weights`` can't be written to.
    """
    require_known_model(model, None, weights)
    progress(0.0)
    if not is_ready(model, None, weights):
        with download_lock(model, weights, progress, say):
            if not is_ready(model, None, weights):
                fetch_model(model, weights, progress, say, token=token)
    progress(1.0)
