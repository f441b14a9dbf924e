"""Where a Demucs model's files lie, by its name; nothing here needs torch or the network.

Three places may have them: a folder that is named in the settings (Demucs' own form, or the files
of the hub), the cache that the hub's client keeps, and a folder for what only Demucs' old server
has. A model is a bag: a YAML file that names one or more checkpoints, and how much of each goes
into which stem. A checkpoint alone is a bag of itself.
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

from ..contract.stems import StemName
from ..errors import BadWeights
from .checkpoint import read_checkpoint

HUB = "hf://"
DEFAULT_NAMESPACE = "adefossez"
LONGEST_SEGMENT_S = 120.0
"""Demucs' own segments take 8 to 44 s; all stems of one are held in memory at once."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_CHECKSUM = re.compile(r"[0-9a-f]{8,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Bag:
    """Which checkpoints make a model, as its YAML file says.

    ``weights`` are by checkpoint and stem; None: all the same. ``segment_s`` replaces the length of
    the segments that the models were made for.
    """

    signatures: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...] | None = None
    segment_s: float | None = None


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model that is wholly here."""

    model: str
    bag: Bag
    checkpoints: tuple[Path, ...]

    def sources(self) -> tuple[StemName, ...]:
        """The stems that it tells, in the order of its output; :class:`BadWeights` if torn."""
        told = {read_checkpoint(path).sources for path in self.checkpoints}
        if len(told) != 1:
            raise BadWeights(f"The models of the bag “{self.model}” tell different stems.")
        (sources,) = told
        self._refuse_odd_weights(len(sources))
        return sources

    def shares(self, sources: tuple[StemName, ...]) -> tuple[tuple[float, ...], ...]:
        """How much of each checkpoint goes into which stem."""
        return self.bag.weights or tuple((1.0,) * len(sources) for _ in self.checkpoints)

    def _refuse_odd_weights(self, n_sources: int) -> None:
        weights = self.bag.weights
        if weights is None:
            return
        fits = len(weights) == len(self.checkpoints) and {len(w) for w in weights} == {n_sources}
        if not fits or not all(sum(column) > 0 for column in zip(*weights, strict=True)):
            raise BadWeights(f"The weights of the bag “{self.model}” do not fit its models.")

    def identity(self) -> str:
        """Hexadecimal digits that change with any of the files or their weights."""
        told = [self.model, repr(self.bag), *(_content(path) for path in self.checkpoints)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _content(path: Path) -> str:
    """What names the content of a checkpoint: Demucs' names and the hub's cache carry it."""
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
    """The model of this name, if all of its files are here.

    Raises
    ------
    BadWeights
        If its YAML file is none.
    """
    if repo is not None and not model.startswith(HUB):
        return _in_folder(repo, model)
    fetched = _in_folder(hub_snapshot(model, weights), model)
    return fetched or (None if model.startswith(HUB) else _in_folder(old_weights(weights), model))


def models_in(folder: Path) -> list[str]:
    """The names of the bags in a folder, and of the checkpoints that are in none of them."""
    bags = {path.stem: path for path in _files(folder, ".yaml")}
    bagged = {one for path in bags.values() for one in _read_bag_or_none(path)}
    singles = {_signature(path) for path in _checkpoints(folder)} - bagged
    return sorted(bags) + sorted(singles - bags.keys())


def hub_repository(model: str) -> str:
    """The hub's repository of a model, as Demucs maps names to them."""
    namespace, _, name = model.removeprefix(HUB).rpartition("/")
    if name == "htdemucs":
        repository = "HTDemucs"
    elif name.startswith("htdemucs_"):
        repository = f"HTDemucs-{name.removeprefix('htdemucs_')}"
    else:
        repository = f"Demucs-{name}"
    return f"{namespace or DEFAULT_NAMESPACE}/{repository}"


def hub_storage(model: str, weights: Path) -> Path:
    """All that the hub's client keeps of a model."""
    return weights / f"models--{hub_repository(model).replace('/', '--')}"


def hub_snapshot(model: str, weights: Path) -> Path:
    """Where the hub's client keeps what it fetched of a model; may not exist."""
    storage = hub_storage(model, weights)
    try:
        commit = (storage / "refs" / "main").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        commit = "none"
    return storage / "snapshots" / commit


def old_weights(weights: Path) -> Path:
    """The folder for what comes from Demucs' old server."""
    return weights / "legacy"


def is_a_name(model: str) -> bool:
    """Whether a model can be called this: ``name``, ``hf://name`` or ``hf://namespace/name``."""
    parts = model.removeprefix(HUB).split("/")
    most = 2 if model.startswith(HUB) else 1
    return len(parts) <= most and all(_NAME.fullmatch(part) and ".." not in part for part in parts)


@cache
def demucs_lists() -> Path:
    """The folder in which the Demucs package lists what its authors trained."""
    found = find_spec("demucs")
    assert found is not None and found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "remote"


@cache
def old_checkpoints() -> dict[str, str]:
    """What Demucs' old server has, by signature: folder and file name."""
    folder, found = "", {}
    for line in (demucs_lists() / "files.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("root:"):
            folder = line.partition(":")[2].strip()
        elif line.strip() and not line.startswith("#"):
            found[line.partition("-")[0]] = folder + line.strip()
    return found


def read_bag(path: Path) -> Bag:
    """What a bag's YAML file says; :class:`BadWeights` if it is none."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        signatures = tuple(str(signature) for signature in said["models"])
        weights = said.get("weights")
        segment = said.get("segment")
        bag = Bag(
            signatures,
            tuple(tuple(map(float, row)) for row in weights) if weights else None,
            expect_segment(float(segment)) if segment else None,
        )
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError, LookupError) as error:
        raise BadWeights(f"{path.name} does not say which models are in it.") from error
    if not signatures or not all(map(is_a_name, signatures)):
        raise BadWeights(f"{path.name} does not say which models are in it.")
    return bag


def expect_segment(segment_s: float) -> float:
    """The same length of a segment; ValueError where nobody could run a model on it."""
    if not 0.0 < segment_s <= LONGEST_SEGMENT_S:
        raise ValueError(f"segments of {segment_s} s cannot be worked on")
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
    # Where both forms of one are there, Demucs' own comes last and is taken
    return [*_files(folder, ".safetensors"), *_files(folder, ".th")]


def _files(folder: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _signature(path: Path) -> str:
    # Demucs' own files carry the beginning of their hash behind the last dash
    return (path.stem.rpartition("-")[0] if path.suffix == ".th" else "") or path.stem
