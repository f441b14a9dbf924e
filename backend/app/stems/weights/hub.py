"""Download weights from the Hugging Face hub into its client's cache."""

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

from ...errors import BadWeights, UnknownModel, WeightsUnreachable
from ...store.files.disk_space import require_disk_space
from .checkpoint import read_checkpoint
from .limits import require_plausible_size
from .model_files import HUB, hub_repository, hub_storage, read_bag
from .transfer import Transfer, unreachable

# Two seconds at 1 Mbit/s; the client's default of 10 MB would take 80 s.
_CHUNK_BYTES = 1 << 18
_ANSWER_S = 10.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
# A bag's list of checkpoints takes about 100 bytes.
_LARGEST_LIST = 1 << 16


def fetch_from_hub(model: str, weights: Path, transfer: Transfer, *, token: bool) -> None:
    """Download a model's bag and checkpoints, except those already installed.

    The operator's hub token is sent only if ``token`` is set; raise ``WeightsUnreachable`` if the
    hub requires it. Otherwise raise as :func:`.available.fetch_weights` documents, and ``OSError``
    if the disk fails.
    """
    try:
        with _translated_errors(model):
            _fetch(model, weights, transfer, None if token else False)
    except BadWeights:
        shutil.rmtree(hub_storage(model, weights), ignore_errors=True)
        raise


def _fetch(model: str, weights: Path, transfer: Transfer, token: Literal[False] | None) -> None:
    """Download; the client's ``token`` is None for the one that it finds, False for none."""
    _set_up_client()
    from huggingface_hub import hf_hub_download

    fetch = partial(
        hf_hub_download,
        hub_repository(model),
        cache_dir=weights,
        endpoint=os.environ.get("HF_ENDPOINT"),
        token=token,
        tqdm_class=partial(_Bar, transfer),
    )
    name = model.removeprefix(HUB).rpartition("/")[2]
    # Ask once: the client would repeat the request for half a minute.
    if _size(model, f"{name}.yaml", "main", token) > _LARGEST_LIST:
        raise BadWeights(f"The hub's “{model}” has no list of models, but a larger file.")
    listed = Path(fetch(f"{name}.yaml"))
    commit = listed.parent.name
    wanted = [f"{signature}.safetensors" for signature in read_bag(listed).signatures]
    missing = [file for file in wanted if not _is_whole(listed.parent / file)]
    transfer.received = 0
    transfer.total = sum(_size(model, file, commit, token) for file in missing)
    require_plausible_size(transfer.total)
    require_disk_space(weights, transfer.total)
    for file in wanted:
        _refuse_damaged(Path(fetch(file, revision=commit)))


def _set_up_client() -> None:
    """Make the client use plain HTTP in small chunks; other transfers can't be cancelled."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_XET = True
    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK_BYTES


def _size(model: str, file: str, revision: str, token: Literal[False] | None) -> int:
    """Return a file's size on the hub."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    endpoint = os.environ.get("HF_ENDPOINT")
    url = hf_hub_url(hub_repository(model), file, revision=revision, endpoint=endpoint)
    about = get_hf_file_metadata(url, token=token, timeout=_ANSWER_S, endpoint=endpoint)
    return int(about.size or 0)


def _is_whole(path: Path) -> bool:
    """Whether a file is installed; if it is damaged, delete it."""
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
    """Check a file against the SHA-256 in its cache name; the client does not."""
    blob = path.resolve(strict=True)
    if _SHA256.fullmatch(blob.name):
        with blob.open("rb") as raw:
            if hashlib.file_digest(raw, "sha256").hexdigest() != blob.name:
                raise BadWeights(f"{path.name} was damaged on its way.", hint="Try again.")
    read_checkpoint(path)


@contextmanager
def _translated_errors(model: str) -> Iterator[None]:
    """Translate the client's errors; leave disk errors unchanged."""
    import httpx2
    from huggingface_hub import errors

    no_way = unreachable("The server with the weights can't be reached.")
    unknown = UnknownModel(
        f"There is no model called “{model}” on the hub.", hint="“draft” needs no model."
    )
    no_such_file = (errors.RepositoryNotFoundError, errors.EntryNotFoundError)
    try:
        yield
    except errors.GatedRepoError as error:
        raise _gated(model) from error
    except errors.LocalEntryNotFoundError as error:
        raise no_way from error
    except (*no_such_file, errors.HFValidationError) as error:
        raise unknown from error
    except errors.HfHubHTTPError as error:
        if error.response.status_code == 404:
            raise unknown from error
        raise unreachable("The server with the weights refuses the download.") from error
    except httpx2.HTTPError as error:
        raise no_way from error
    except OSError as error:
        if error.errno is not None and not isinstance(error, ConnectionError | TimeoutError):
            raise
        # An error without a status is the client's own, for an incomplete answer.
        raise no_way from error


def _gated(model: str) -> WeightsUnreachable:
    return WeightsUnreachable(
        f"The authors of “{model}” allow downloads only on request.",
        hint="The operator must ask them on the hub, set HF_TOKEN, and name the "
        "model in DEMUCS_MODEL.",
    )


class _Bar:
    """A progress bar for the hub's client that counts into the transfer."""

    def __init__(self, transfer: Transfer, **_: object) -> None:
        self._arrival = transfer

    def update(self, n_bytes: int) -> None:
        """Count received bytes."""
        self._arrival.add(n_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
