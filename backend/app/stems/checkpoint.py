"""What a Demucs checkpoint says of itself, read without torch and without running any of it.

A ``.th`` is a pickle in a zip, and pickles can call whatever they name; here every name in it
stands for an empty shell. A ``.safetensors`` begins with JSON, which may name any class to be
built. So the class is looked at before a model is made of it.
"""

from __future__ import annotations

import json
import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from ..contract.stems import STEM_NAMES, StemName
from ..dsp.samples import CHANNELS, SAMPLE_RATE
from ..errors import BadWeights, UnsafeWeights

MODEL_CLASSES = (
    "demucs.htdemucs.HTDemucs",
    "demucs.hdemucs.HDemucs",
    "demucs.demucs.Demucs",
    "demucs.wdemucs.WDemucs",
)
# What a checkpoint's numbers, and those of its training, are made of
_MATERIALS = {"_codecs", "collections", "demucs", "fractions", "numpy", "torch"}
# A model's description takes some 100 kB; what is larger is no description.
_LARGEST_DESCRIPTION = 64 << 20
# What a pickle of some other make, or half of one, may come to grief with.
_UNREADABLE = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One model on disk: its class, and the stems that it tells, in the order of its output."""

    class_name: str
    sources: tuple[StemName, ...]


def read_checkpoint(path: Path) -> Checkpoint:
    """What a ``.th`` or ``.safetensors`` holds.

    Raises
    ------
    BadWeights
        If it is damaged, or holds something other than a Demucs model of stems that have a name
        here, at 44.1 kHz stereo.
    UnsafeWeights
        If it would call on what no model is made of.
    """
    try:
        read = _of_safetensors if path.suffix == ".safetensors" else _of_th
        class_name, args, kwargs = read(path)
        sources = args[0] if args else kwargs["sources"]
        if not isinstance(sources, list | tuple) or not sources:
            raise TypeError("a model's first argument are its sources")
    except _UNREADABLE as error:
        raise BadWeights(
            f"{path.name} is damaged, or not a Demucs model.", hint="Fetch or copy it again."
        ) from error
    _refuse_strangers(path, class_name, tuple(sources), kwargs)
    return Checkpoint(class_name, cast(tuple[StemName, ...], tuple(sources)))


def _refuse_strangers(
    path: Path, class_name: str, sources: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    if class_name not in MODEL_CLASSES:
        raise BadWeights(f"{path.name} holds a {class_name}, which is no Demucs model.")
    if strange := [source for source in sources if source not in STEM_NAMES]:
        raise BadWeights(
            f"{path.name} tells {', '.join(map(str, strange))} from the rest, for which there is "
            "no place here.",
            hint=f"Models may tell {', '.join(STEM_NAMES)}.",
        )
    form = (kwargs.get("samplerate", SAMPLE_RATE), kwargs.get("audio_channels", CHANNELS))
    if form != (SAMPLE_RATE, CHANNELS):
        raise BadWeights(f"{path.name} is for {form[1]} channels at {form[0]} Hz, not for stereo.")


_Parts = tuple[str, list[object], dict[str, object]]


def _of_th(path: Path) -> _Parts:
    with zipfile.ZipFile(path) as archive:
        (entry,) = (one for one in archive.infolist() if one.filename.endswith("/data.pkl"))
        if entry.file_size > _LARGEST_DESCRIPTION:
            raise ValueError("a checkpoint has one description, of modest size")
        if any(one.compress_type != zipfile.ZIP_STORED for one in archive.infolist()):
            raise ValueError("torch compresses nothing: what is compressed may swell without end")
        with archive.open(entry) as raw:
            package = _loaded_inert(path, raw)
    klass = package["klass"]
    return str(klass.origin), list(package["args"]), dict(package["kwargs"])


def _loaded_inert(path: Path, raw: IO[bytes]) -> dict[str, Any]:
    inert = _Inert(raw)
    try:
        package: dict[str, Any] = inert.load()
    finally:
        if inert.strange:
            called = ", ".join(dict.fromkeys(inert.strange))[:80]  # whoever made it chose the names
            raise UnsafeWeights(
                f"{path.name} calls on {called}, of which no Demucs model is made. "
                "Nothing in it was run.",
                hint="Whoever made it may mean harm: take the model from its authors.",
            )
    return package


def _of_safetensors(path: Path) -> _Parts:
    with path.open("rb") as raw:
        size = int.from_bytes(raw.read(8), "little")
        if not 0 < size <= _LARGEST_DESCRIPTION:
            raise ValueError("a safetensors file begins with the size of its description")
        header = json.loads(raw.read(size))
    ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    if path.stat().st_size != 8 + size + max(ends, default=0):
        raise ValueError("a safetensors file is as long as its description says")
    about = header["__metadata__"]
    if "structure" in about:
        raise BadWeights(
            f"{path.name} is quantised with diffq, which is not supported.",
            hint="Use a model whose name does not end in _q.",
        )
    return about["klass"], json.loads(about["args"]), json.loads(about["kwargs"])


class _Shell:
    """Stands for whatever a pickle names; takes anything and does nothing."""

    origin = ""

    def __new__(cls, *args: object, **kwargs: object) -> _Shell:
        del args, kwargs
        return object.__new__(cls)

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Inert(pickle.Unpickler):
    """Reads the plain values of a pickle; nothing that it names is imported or called."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__(raw)
        self.strange: list[str] = []

    def find_class(self, module: str, name: str) -> type:
        """A shell of that name; notes what no model is made of."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module.partition(".")[0] not in _MATERIALS:
            self.strange.append(f"{module}.{name}")
        return type(name, (_Shell,), {"origin": f"{module}.{name}"})

    def persistent_load(self, pid: object) -> None:
        """Tensors are left where they are."""
