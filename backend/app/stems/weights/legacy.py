"""Download weights from Demucs' old server: checkpoints and bags."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import BadWeights, UnknownModel
from ...store.files.disk_space import require_disk_space
from .checkpoint import read_checkpoint
from .limits import require_plausible_size
from .model_files import demucs_lists, old_checkpoints, old_weights, read_bag
from .transfer import Transfer, unreachable

if TYPE_CHECKING:
    import httpx2

OLD_SERVER = "https://dl.fbaipublicfiles.com/demucs/"
_CHUNK_BYTES = 1 << 18
_ANSWER_S = 10.0


def fetch_from_old_server(model: str, weights: Path, transfer: Transfer) -> None:
    """Download the checkpoints of a model that Demucs lists, in Demucs' layout of folders.

    Raise as :func:`.available.fetch_weights` documents, and ``OSError`` if the disk fails.
    """
    import httpx2

    folder = old_weights(weights)
    folder.mkdir(parents=True, exist_ok=True)
    listed = demucs_lists() / f"{model}.yaml"
    signatures = read_bag(listed).signatures if listed.is_file() else (model,)
    if not all(signature in old_checkpoints() for signature in signatures):
        raise UnknownModel(f"There is no model called “{model}”.", hint="“draft” needs no model.")
    try:
        with httpx2.Client(timeout=_ANSWER_S, follow_redirects=True) as client:
            for signature in signatures:
                place = old_checkpoints()[signature]
                _fetch(client, place, folder / f"{signature}.{model}.part", transfer)
    except httpx2.HTTPError as error:
        raise unreachable("The server with the weights can't be reached.") from error
    if listed.is_file():
        shutil.copyfile(listed, folder / listed.name)


def _fetch(client: httpx2.Client, place: str, part: Path, transfer: Transfer) -> None:
    """Download one checkpoint to ``part``, check it and rename it; delete it on failure.

    The file's name contains the model's, because two models may have the same network.
    """
    path = part.with_name(place.rpartition("/")[2])
    if path.is_file():
        return
    digest = hashlib.sha256()
    try:
        with client.stream("GET", OLD_SERVER + place) as answer, part.open("wb") as file:
            answer.raise_for_status()
            n_bytes = int(answer.headers.get("content-length", 0))
            transfer.total += n_bytes
            require_plausible_size(transfer.total)
            require_disk_space(part.parent, n_bytes)
            for chunk in answer.iter_bytes(_CHUNK_BYTES):
                transfer.add(len(chunk))
                digest.update(chunk)
                file.write(chunk)
        if not digest.hexdigest().startswith(path.stem.rpartition("-")[2]):
            raise BadWeights(f"{path.name} was damaged on its way.", hint="Try again.")
        read_checkpoint(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
