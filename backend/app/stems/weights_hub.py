"""Weights from the hub, by the hub's own client, into its own cache below our folder."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal, Self

from ..errors import BadWeights, UnknownModel, WeightsUnreachable
from ..store.room import expect_room
from .checkpoint import read_checkpoint
from .model_files import HUB, hub_repository, hub_storage, read_bag
from .weights_fetch import Arrival, unreachable
from .weights_room import refuse_heavy

# What a line of 1 Mbit/s brings in two seconds; the client's own 10 MB would take it 80.
_CHUNK_BYTES = 1 << 18
_ANSWER_S = 10.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
# A bag's list takes some 100 bytes.
_LARGEST_LIST = 1 << 16


def fetch_from_hub(model: str, weights: Path, arrival: Arrival, *, token: bool) -> None:
    """Fetch a model's bag and its checkpoints; what is there already is not fetched again.

    The hub is told who asks, by the token of whoever runs this server, only if ``token`` is set.

    Raises
    ------
    UnknownModel
        If the hub has no such model.
    WeightsUnreachable
        If there is no way to the hub, it stops sending, or wants to know who asks.
    BadWeights
        If what came is not what the hub said it would send, is no Demucs model, or is larger than
        any. All of it is thrown away then.
    StorageFull
        If there is no room for it.
    OSError
        As the disk told of it.
    """
    try:
        with _told(model):
            _fetch(model, weights, arrival, None if token else False)
    except BadWeights:
        shutil.rmtree(hub_storage(model, weights), ignore_errors=True)
        raise


def _fetch(model: str, weights: Path, arrival: Arrival, token: Literal[False] | None) -> None:
    """``token`` is the client's: None is the one that it finds, False is none."""
    _set_up_client()
    from huggingface_hub import hf_hub_download

    fetch = partial(
        hf_hub_download,
        hub_repository(model),
        cache_dir=weights,
        endpoint=os.environ.get("HF_ENDPOINT"),
        token=token,
        tqdm_class=partial(_Bar, arrival),
    )
    name = model.removeprefix(HUB).rpartition("/")[2]
    # Asks once, where the client would ask for half a minute
    if _size(model, f"{name}.yaml", "main", token) > _LARGEST_LIST:
        raise BadWeights(f"The hub's “{model}” has no list of models, but something larger.")
    listed = Path(fetch(f"{name}.yaml"))
    commit = listed.parent.name
    wanted = [f"{signature}.safetensors" for signature in read_bag(listed).signatures]
    missing = [file for file in wanted if not _is_whole(listed.parent / file)]
    arrival.came = 0
    arrival.total = sum(_size(model, file, commit, token) for file in missing)
    refuse_heavy(arrival.total)
    expect_room(weights, arrival.total)
    for file in wanted:
        _refuse_damaged(Path(fetch(file, revision=commit)))


def _set_up_client() -> None:
    """Have the client fetch over plain HTTP, in small bites: its other way cannot be ended."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_XET = True
    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK_BYTES


def _size(model: str, file: str, revision: str, token: Literal[False] | None) -> int:
    """The bytes that a file has on the hub, asked for once."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    endpoint = os.environ.get("HF_ENDPOINT")
    url = hf_hub_url(hub_repository(model), file, revision=revision, endpoint=endpoint)
    about = get_hf_file_metadata(url, token=token, timeout=_ANSWER_S, endpoint=endpoint)
    return int(about.size or 0)


def _is_whole(path: Path) -> bool:
    """Whether a file is there from before; what has been damaged since is thrown away."""
    try:
        _refuse_damaged(path)
    except FileNotFoundError:
        return False
    except BadWeights:
        path.resolve().unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        return False
    return True


def _refuse_damaged(path: Path) -> None:
    """The cache names large files by their SHA-256, and does not itself look whether it is so."""
    blob = path.resolve(strict=True)
    if _SHA256.fullmatch(blob.name):
        with blob.open("rb") as raw:
            if hashlib.file_digest(raw, "sha256").hexdigest() != blob.name:
                raise BadWeights(f"{path.name} came damaged.", hint="Try again.")
    read_checkpoint(path)


@contextmanager
def _told(model: str) -> Iterator[None]:
    """The client's errors as ours; those of the disk come out as they are."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        raise WeightsUnreachable(
            f"The authors of “{model}” want to know who fetches it.",
            hint="Whoever runs this server has to ask them on the hub, set HF_TOKEN, and name the "
            "model in DEMUCS_MODEL.",
        ) from error
    except (errors.RepositoryNotFoundError, errors.EntryNotFoundError) as error:
        if isinstance(error, errors.LocalEntryNotFoundError):
            raise unreachable("There is no way to the server that has the weights.") from error
        raise _unknown(model) from error
    except errors.HFValidationError as error:
        raise _unknown(model) from error
    except errors.HfHubHTTPError as error:
        if error.response.status_code == 404:
            raise _unknown(model) from error
        raise unreachable("The server that has the weights does not give them out.") from error
    except httpx2.HTTPError as error:
        raise unreachable("There is no way to the server that has the weights.") from error
    except OSError as error:
        if error.errno is not None and not isinstance(error, ConnectionError | TimeoutError):
            raise
        # What has no number are the client's own words, of answers that were not whole
        raise unreachable("There is no way to the server that has the weights.") from error


def _unknown(model: str) -> UnknownModel:
    return UnknownModel(
        f"There is no model called “{model}” on the hub.", hint="“draft” needs no model."
    )


class _Bar:
    """What the client takes for a progress bar."""

    def __init__(self, arrival: Arrival, **_: object) -> None:
        self._arrival = arrival

    def update(self, n_bytes: int) -> None:
        """So many more bytes are here."""
        self._arrival.add(n_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
