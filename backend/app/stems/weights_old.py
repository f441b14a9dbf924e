"""Weights from the server that Demucs had before the hub: single checkpoints, and bags of them."""

from __future__ import annotations

import errno
import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadWeights, UnknownModel
from ..media.full_disk import storage_full
from .checkpoint import read_checkpoint
from .model_files import demucs_lists, old_checkpoints, old_weights, read_bag
from .weights_fetch import Arrival, unreachable

if TYPE_CHECKING:
    import httpx2

OLD_SERVER = "https://dl.fbaipublicfiles.com/demucs/"
_CHUNK_BYTES = 1 << 18
_ANSWER_S = 10.0


def fetch_from_old_server(model: str, weights: Path, arrival: Arrival) -> None:
    """Fetch the checkpoints of a model that Demucs lists, into a folder of Demucs' own form.

    Raises
    ------
    UnknownModel
        If Demucs lists no such model.
    WeightsUnreachable
        If there is no way to the server, or it stops sending.
    BadWeights
        If what came does not have the checksum in its name. It is not kept.
    StorageFull
        If the disk is full.
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
                _fetch(client, old_checkpoints()[signature], folder, arrival)
    except httpx2.HTTPError as error:
        raise unreachable("There is no way to the server that has the weights.") from error
    except OSError as error:
        raise (storage_full() if error.errno == errno.ENOSPC else error) from error
    if listed.is_file():
        shutil.copyfile(listed, folder / listed.name)


def _fetch(client: httpx2.Client, place: str, folder: Path, arrival: Arrival) -> None:
    """One checkpoint; nothing is left of half a one."""
    path = folder / place.rpartition("/")[2]
    if path.is_file():
        return
    part, digest = path.with_suffix(".part"), hashlib.sha256()
    try:
        with client.stream("GET", OLD_SERVER + place) as answer, part.open("wb") as file:
            answer.raise_for_status()
            arrival.total += int(answer.headers.get("content-length", 0))
            for chunk in answer.iter_bytes(_CHUNK_BYTES):
                arrival.add(len(chunk))
                digest.update(chunk)
                file.write(chunk)
        if not digest.hexdigest().startswith(path.stem.rpartition("-")[2]):
            raise BadWeights(f"{path.name} came damaged.", hint="Try again.")
        read_checkpoint(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
