"""Demucs models in memory: loaded once a process, by Demucs' own code, on the best device there is.

Everything that imports torch is imported inside functions: whoever only asks what a model is called
must not wait for it.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ..errors import BadWeights
from .checkpoint import MODEL_CLASSES, read_checkpoint
from .model_files import ModelFiles, expect_segment

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model

log = logging.getLogger(__name__)
_loading = Lock()
# The networks that were released have 284 to 395 tensors of weights.
_MOST_TENSORS = 10_000
# As CUDA and MPS, their libraries, and the processor's allocator say it.
_NO_MEMORY = ("out of memory", "alloc_failed", "can't allocate memory")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """The networks of a model, to be run on ``device``; one thread at a time holds ``turn``.

    Each moves there when it first has to work: a bag is seldom needed as a whole.
    """

    networks: tuple[Model, ...]
    device: torch.device
    turn: Lock


def load_model(files: ModelFiles) -> LoadedModel:
    """The model of these files, from memory if it was the last one asked for. Thread-safe.

    Raises
    ------
    BadWeights
        If a file is damaged, or not what its name says.
    """
    with _loading:  # two who ask at once would each load one
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
    read_checkpoint(path)  # refuses whatever is no Demucs model, before anything is made of it
    try:
        with _no_larger_than(path):
            network = _of_safetensors(path) if path.suffix == ".safetensors" else _of_th(path)
        expect_segment(float(network.segment))
        return network
    except _cannot_load() as error:
        raise BadWeights(
            f"{path.name} is damaged, or not a Demucs model.", hint="Fetch or copy it again."
        ) from error


@contextmanager
def _no_larger_than(path: Path) -> Iterator[None]:
    """Raise ValueError as soon as a network gets more weights than the file has bytes.

    What a checkpoint says of its network's size is built before its weights are put into it. Torch
    tells of each tensor when it is made, before a number is written to it.
    """
    from torch.nn import Module, Parameter
    from torch.nn.modules.module import register_module_parameter_registration_hook

    n_bytes, n_numbers, n_tensors = path.stat().st_size, 0, 0

    def made(_module: Module, name: str, weights: Parameter | None) -> None:
        nonlocal n_numbers, n_tensors
        if weights is not None:
            n_numbers, n_tensors = n_numbers + weights.numel(), n_tensors + 1
        if n_numbers > n_bytes or n_tensors > _MOST_TENSORS:
            raise ValueError(f"{name}: there are no weights in the file for a network of this size")

    hook = register_module_parameter_registration_hook(made)
    try:
        yield
    finally:
        hook.remove()


def _of_safetensors(path: Path) -> Model:
    from demucs.hf import load_safetensors_model

    return load_safetensors_model(path)


def _of_th(path: Path) -> Model:
    """A checkpoint of Demucs' own form; what is not on the list of harmless names stays shut."""
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
    """What a Demucs checkpoint names: its class, its segment's length, numbers of its training."""
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
    """What Demucs, torch and safetensors raise over files that are no models.

    Demucs ends the process where a model needs diffq, and diffq is not there.
    """
    from demucs.repo import ModelLoadingError
    from safetensors import SafetensorError

    told = (ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RuntimeError)
    return (
        *told,
        SystemExit,
        TypeError,
        ValueError,
        ModelLoadingError,
        SafetensorError,
        pickle.PickleError,
    )


@contextmanager
def memory_told() -> Iterator[None]:
    """Put this round running a network: memory that does not suffice comes out as MemoryError.

    Torch has a class of its own for it, and tells some of it as any other fault.
    """
    try:
        yield
    except RuntimeError as error:
        said = str(error).lower()
        if not any(words in said for words in _NO_MEMORY):
            raise
        raise MemoryError("there is no room for a segment") from error


def prepare_torch() -> None:
    """Load torch, with a thread a core that this process may use, or OMP_NUM_THREADS."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(usable_cores())


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def best_device() -> torch.device:
    """An NVIDIA card, else an Apple one, else the processor."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def device_in_words(device: torch.device) -> str:
    """What a device is called, for people."""
    import torch

    if device.type == "cuda":
        return f"CUDA ({torch.cuda.get_device_name(device)})"
    return "Apple GPU" if device.type == "mps" else "processor"
