"""Weights from the server that Demucs had before the hub: single checkpoints, and bags of them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadWeights, UnknownModel
from ..store.room import expect_room
from .checkpoint import read_checkpoint
from .model_files import demucs_lists, old_checkpoints, old_weights, read_bag
from .weights_fetch import Arrival, unreachable
from .weights_room import refuse_heavy

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
        If what came does not have the checksum in its name, or is larger than any model. It is not
        kept.
    StorageFull
        If there is no room for it.
    OSError
        As the disk told of it.
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
                _fetch(client, place, folder / f"{signature}.{model}.part", arrival)
    except httpx2.HTTPError as error:
        raise unreachable("There is no way to the server that has the weights.") from error
    if listed.is_file():
        shutil.copyfile(listed, folder / listed.name)


def _fetch(client: httpx2.Client, place: str, part: Path, arrival: Arrival) -> None:
    """One checkpoint, written to ``part`` first; nothing is left of half a one.

    The part carries the model's name: another model, fetched meanwhile, may have the same network.
    """
    path = part.with_name(place.rpartition("/")[2])
    if path.is_file():
        return
    digest = hashlib.sha256()
    try:
        with client.stream("GET", OLD_SERVER + place) as answer, part.open("wb") as file:
            answer.raise_for_status()
            n_bytes = int(answer.headers.get("content-length", 0))
            arrival.total += n_bytes
            refuse_heavy(arrival.total)
            expect_room(part.parent, n_bytes)
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
