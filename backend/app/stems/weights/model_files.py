"""Find a Demucs model's files by name; needs neither torch nor the network.

They are in one of three places: the folder that the settings name (Demucs' own files, or those of
the hub), the cache of the hub's client, or a folder for downloads from Demucs' old server. A model
is a bag: a YAML file that names one or more checkpoints, and the weight of each in each stem. A
checkpoint without a YAML file is a bag of one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import yaml

from ...contract.stems import StemName
from ...errors import BadWeights
from .checkpoint import read_checkpoint

HUB = "hf://"
DEFAULT_NAMESPACE = "adefossez"
# Demucs' segments last 8 to 44 s; all stems of a segment are in memory at once.
_LONGEST_SEGMENT_S = 120.0
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_CHECKSUM = re.compile(r"[0-9a-f]{8,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Bag:
    """The checkpoints of a model, from its YAML file.

    ``weights`` are by checkpoint and stem; None: all equal. ``segment_s`` replaces the networks'
    own segment length.
    """

    signatures: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...] | None = None
    segment_s: float | None = None


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A completely installed model."""

    model: str
    bag: Bag
    checkpoints: tuple[Path, ...]

    def sources(self) -> tuple[StemName, ...]:
        """Read the stems in output order; raise :class:`BadWeights` if damaged."""
        found = {read_checkpoint(path).sources for path in self.checkpoints}
        if len(found) != 1:
            raise BadWeights(f"The models of the bag “{self.model}” separate different stems.")
        (sources,) = found
        self._refuse_odd_weights(len(sources))
        return sources

    def shares(self, sources: tuple[StemName, ...]) -> tuple[tuple[float, ...], ...]:
        """The weight of each checkpoint for each stem."""
        return self.bag.weights or tuple((1.0,) * len(sources) for _ in self.checkpoints)

    def _refuse_odd_weights(self, n_sources: int) -> None:
        weights = self.bag.weights
        if weights is None:
            return
        fits = len(weights) == len(self.checkpoints) and {len(w) for w in weights} == {n_sources}
        if not fits or not all(sum(column) > 0 for column in zip(*weights, strict=True)):
            raise BadWeights(f"The weights of the bag “{self.model}” do not fit its models.")

    def identity(self) -> str:
        """Digest of the files and their weights."""
        parts = [self.model, repr(self.bag), *(_content(path) for path in self.checkpoints)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _content(path: Path) -> str:
    """The content id in a checkpoint's name, as written by Demucs or the hub's cache."""
    _, _, checksum = path.stem.rpartition("-")
    if path.suffix == ".th" and _CHECKSUM.fullmatch(checksum):
        return checksum
    blob = path.resolve().name
    if _SHA256.fullmatch(blob):
        return blob
    facts = path.stat()
    return _hashed(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: Path, _size: int, _changed_ns: int) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def find_model(model: str, repo: Path | None, weights: Path) -> ModelFiles | None:
    """Find a model, if all its files are installed.

    Raise ``BadWeights`` if its YAML is damaged.
    """
    if repo is not None and not model.startswith(HUB):
        return _in_folder(repo, model)
    fetched = _in_folder(hub_snapshot(model, weights), model)
    return fetched or (None if model.startswith(HUB) else _in_folder(old_weights(weights), model))


def models_in(folder: Path) -> list[str]:
    """List the bags in a folder, and the checkpoints that belong to no bag."""
    bags = {path.stem: path for path in _files(folder, ".yaml")}
    bagged = {one for path in bags.values() for one in _read_bag_or_none(path)}
    singles = {_signature(path) for path in _checkpoints(folder)} - bagged
    return sorted(bags) + sorted(singles - bags.keys())


def hub_repository(model: str) -> str:
    """Return a model's hub repository, as Demucs maps it."""
    namespace, _, name = model.removeprefix(HUB).rpartition("/")
    if name == "htdemucs":
        repository = "HTDemucs"
    elif name.startswith("htdemucs_"):
        repository = f"HTDemucs-{name.removeprefix('htdemucs_')}"
    else:
        repository = f"Demucs-{name}"
    return f"{namespace or DEFAULT_NAMESPACE}/{repository}"


def hub_storage(model: str, weights: Path) -> Path:
    """Return the folder in which the Hugging Face client caches a model."""
    return weights / f"models--{hub_repository(model).replace('/', '--')}"


def hub_snapshot(model: str, weights: Path) -> Path:
    """Return the folder of the downloaded commit of a model; may not exist."""
    storage = hub_storage(model, weights)
    try:
        commit = (storage / "refs" / "main").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        commit = "none"
    return storage / "snapshots" / commit


def old_weights(weights: Path) -> Path:
    """Return the folder for downloads from Demucs' old server."""
    return weights / "legacy"


def is_a_name(model: str) -> bool:
    """Whether this is a valid name: ``name``, ``hf://name``, ``hf://namespace/name``."""
    parts = model.removeprefix(HUB).split("/")
    most = 2 if model.startswith(HUB) else 1
    return len(parts) <= most and all(_NAME.fullmatch(part) and ".." not in part for part in parts)


@cache
def demucs_lists() -> Path:
    """Return the Demucs package's folder of model lists."""
    found = find_spec("demucs")
    assert found is not None and found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "remote"


@cache
def old_checkpoints() -> dict[str, str]:
    """Map signatures to paths on Demucs' old server."""
    folder, found = "", {}
    for line in (demucs_lists() / "files.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("root:"):
            folder = line.partition(":")[2].strip()
        elif line.strip() and not line.startswith("#"):
            found[line.partition("-")[0]] = folder + line.strip()
    return found


def read_bag(path: Path) -> Bag:
    """Read a bag's YAML file; raise :class:`BadWeights` if invalid."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        signatures = tuple(str(signature) for signature in said["models"])
        if not signatures or not all(map(is_a_name, signatures)):
            raise ValueError("a bag names its checkpoints")
        weights, segment = said.get("weights"), said.get("segment")
        return Bag(
            signatures,
            tuple(tuple(map(float, row)) for row in weights) if weights else None,
            require_segment(float(segment)) if segment else None,
        )
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError, LookupError) as error:
        raise BadWeights(f"{path.name} does not say which models are in it.") from error


def require_segment(segment_s: float) -> float:
    """Check a segment length; raise ValueError if it is out of range."""
    if not 0.0 < segment_s <= _LONGEST_SEGMENT_S:
        raise ValueError(f"segments of {segment_s} s are out of range")
    return segment_s


def _read_bag_or_none(path: Path) -> tuple[str, ...]:
    try:
        return read_bag(path).signatures
    except BadWeights:
        return ()


def _in_folder(folder: Path, model: str) -> ModelFiles | None:
    name = model.removeprefix(HUB).rpartition("/")[2]
    checkpoints = {_signature(path): path for path in _checkpoints(folder)}
    listed = folder / f"{name}.yaml"
    bag = read_bag(listed) if name not in checkpoints and listed.is_file() else Bag((name,))
    if not all(signature in checkpoints for signature in bag.signatures):
        return None
    return ModelFiles(model, bag, tuple(checkpoints[one] for one in bag.signatures))


def _checkpoints(folder: Path) -> Iterable[Path]:
    # If both forms exist, Demucs' own comes last and is used.
    return [*_files(folder, ".safetensors"), *_files(folder, ".th")]


def _files(folder: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _signature(path: Path) -> str:
    # Demucs' file names end with the first digits of their hash.
    return (path.stem.rpartition("-")[0] if path.suffix == ".th" else "") or path.stem
