"""Load Demucs models with Demucs' code, once per process, on the best device.

torch is imported inside functions only, so that reading a model's name need not wait for it.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ...errors import BadWeights
from ..weights.checkpoint import MODEL_CLASSES, read_checkpoint
from ..weights.model_files import ModelFiles, require_segment
from .device import best_device, prepare_torch

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model

log = logging.getLogger(__name__)
_loading = Lock()
# Released networks have 284 to 395 weight tensors.
_MOST_TENSORS = 10_000
# Out-of-memory messages of CUDA, MPS, their libraries and the CPU allocator.
_NO_MEMORY = ("out of memory", "alloc_failed", "can't allocate memory")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """The networks of a model on ``device``; a thread must hold ``turn`` to run them.

    Each network moves to the device on first use, since few songs need all of them.
    """

    networks: tuple[Model, ...]
    device: torch.device
    turn: Lock


def load_model(files: ModelFiles) -> LoadedModel:
    """Load a model from its files, or return it if it was the last one loaded.

    Thread-safe.

    Raise ``BadWeights`` if a file is damaged or does not match the checksum in its name.
    """
    with _loading:  # otherwise parallel callers would load one model each
        return _loaded(files, files.identity())


@lru_cache(maxsize=1)
def _loaded(files: ModelFiles, _identity: str) -> LoadedModel:
    prepare_torch()
    from demucs.apply import BagOfModels

    sources = files.sources()
    shares = [list(row) for row in files.shares(sources)]
    networks = [_network(path) for path in files.checkpoints]
    device = best_device()
    BagOfModels(networks, shares, files.bag.segment_s).eval()
    log.info("model loaded for the %s", device.type)
    return LoadedModel(tuple(networks), device, Lock())


def _network(path: Path) -> Model:
    read_checkpoint(path)  # rejects foreign files before they are loaded
    try:
        with _no_larger_than(path):
            network = _of_safetensors(path) if path.suffix == ".safetensors" else _of_th(path)
        require_segment(float(network.segment))
        return network
    except _cannot_load() as error:
        raise BadWeights(
            f"{path.name} is damaged, or not a Demucs model.", hint="Fetch or copy it again."
        ) from error


@contextmanager
def _no_larger_than(path: Path) -> Iterator[None]:
    """Raise ValueError if a network gets more weights than its file has bytes.

    A network is built in the size that its checkpoint states, before the weights are read. Torch
    calls the hook for each new tensor, before a number is written to it.
    """
    from torch.nn import Module, Parameter
    from torch.nn.modules.module import register_module_parameter_registration_hook

    n_bytes, n_numbers, n_tensors = path.stat().st_size, 0, 0

    def made(_module: Module, name: str, weights: Parameter | None) -> None:
        nonlocal n_numbers, n_tensors
        if weights is not None:
            n_numbers, n_tensors = n_numbers + weights.numel(), n_tensors + 1
        if n_numbers > n_bytes or n_tensors > _MOST_TENSORS:
            raise ValueError(f"{name}: the file has too few weights for a network of this size")

    hook = register_module_parameter_registration_hook(made)
    try:
        yield
    finally:
        hook.remove()


def _of_safetensors(path: Path) -> Model:
    from demucs.hf import load_safetensors_model

    return load_safetensors_model(path)


def _of_th(path: Path) -> Model:
    """Load a Demucs checkpoint; only allowed names are unpickled."""
    import torch
    from demucs.repo import check_checksum
    from demucs.states import load_model as load_package

    if "-" in path.stem:
        check_checksum(path, path.stem.rpartition("-")[2])
    with torch.serialization.safe_globals(_harmless()):
        package = torch.load(path, map_location="cpu", weights_only=True)
    network: Model = load_package(package)
    return network


def _harmless() -> list[Callable[..., object] | tuple[Callable[..., object], str]]:
    """List the names that a Demucs checkpoint may contain."""
    import importlib

    import numpy as np

    classes = []
    for name in MODEL_CLASSES:
        module, _, klass = name.rpartition(".")
        classes.append(getattr(importlib.import_module(module), klass))
    number = np.float64(0.0).__reduce__()[0]
    return [
        *classes,
        Fraction,
        np.dtype,
        *(type(np.dtype(kind)) for kind in ("f4", "f8", "i4", "i8")),
        (number, "numpy.core.multiarray.scalar"),
        (number, "numpy._core.multiarray.scalar"),
    ]


def _cannot_load() -> tuple[type[BaseException], ...]:
    """List the errors of Demucs, torch and safetensors on invalid files.

    Demucs raises SystemExit if a model needs diffq, which is not installed.
    """
    from demucs.repo import ModelLoadingError
    from safetensors import SafetensorError

    builtin = (ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RuntimeError)
    more = (SystemExit, TypeError, ValueError)
    return (*builtin, *more, ModelLoadingError, SafetensorError, pickle.PickleError)


@contextmanager
def translate_memory_errors() -> Iterator[None]:
    """Translate out-of-memory errors of any device to MemoryError.

    Torch reports some of them as a plain RuntimeError.
    """
    try:
        yield
    except RuntimeError as error:
        said = str(error).lower()
        if not any(words in said for words in _NO_MEMORY):
            raise
        raise MemoryError("there is no room for a segment") from error
