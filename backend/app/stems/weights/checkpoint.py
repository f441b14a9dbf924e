"""Read a Demucs checkpoint's metadata without torch and without running its code.

A ``.th`` is a pickle in a zip, and pickles can call anything that they name; here every name
becomes an empty class. A ``.safetensors`` begins with JSON, which may name any class to be built.
So the class is checked before a model is made of it.
"""

from __future__ import annotations

import json
import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from ...contract.stems import STEM_NAMES, StemName
from ...dsp.samples import CHANNELS, SAMPLE_RATE
from ...errors import BadWeights, UnsafeWeights

MODEL_CLASSES = (
    "demucs.htdemucs.HTDemucs",
    "demucs.hdemucs.HDemucs",
    "demucs.demucs.Demucs",
    "demucs.wdemucs.WDemucs",
)
# Modules whose names a checkpoint may contain.
_MATERIALS = {"_codecs", "collections", "demucs", "fractions", "numpy", "torch"}
# A model's metadata takes about 100 kB.
_LARGEST_DESCRIPTION = 64 << 20
# Errors that foreign or truncated pickles raise.
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
    """A network on disk: its class, and its stems in output order."""

    class_name: str
    sources: tuple[StemName, ...]


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the metadata of a ``.th`` or ``.safetensors`` file.

    Raise ``UnsafeWeights`` if it names code that no Demucs model needs, and ``BadWeights`` if it is
    damaged or is not a Demucs model of our stems at 44.1 kHz stereo.
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
            f"{path.name} separates {', '.join(map(str, strange))}, which Segue has no stem for.",
            hint=f"Models may separate {', '.join(STEM_NAMES)}.",
        )
    form = (kwargs.get("samplerate", SAMPLE_RATE), kwargs.get("audio_channels", CHANNELS))
    if form != (SAMPLE_RATE, CHANNELS):
        raise BadWeights(
            f"{path.name} is for {form[1]} channels at {form[0]} Hz; Segue needs 2 at 44100 Hz."
        )


_Parts = tuple[str, list[object], dict[str, object]]


def _of_th(path: Path) -> _Parts:
    with zipfile.ZipFile(path) as archive:
        (entry,) = (one for one in archive.infolist() if one.filename.endswith("/data.pkl"))
        if entry.file_size > _LARGEST_DESCRIPTION:
            raise ValueError("a checkpoint has one description, of modest size")
        if any(one.compress_type != zipfile.ZIP_STORED for one in archive.infolist()):
            raise ValueError("torch compresses nothing; compressed data may expand without limit")
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
            # the names may be long
            called = ", ".join(dict.fromkeys(inert.strange))[:80]
            raise UnsafeWeights(
                f"{path.name} names {called}, which no Demucs model needs. Nothing in it was run.",
                hint="It may be malicious: get the model from its authors.",
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
    """Placeholder for any name in a pickle; accepts anything and does nothing."""

    origin = ""

    def __new__(cls, *args: object, **kwargs: object) -> _Shell:
        del args, kwargs
        return object.__new__(cls)

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Inert(pickle.Unpickler):
    """Unpickles plain values; imports and calls nothing."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__(raw)
        self.strange: list[str] = []

    def find_class(self, module: str, name: str) -> type:
        """Return a placeholder; record names outside the allowed list."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module.partition(".")[0] not in _MATERIALS:
            self.strange.append(f"{module}.{name}")
        return type(name, (_Shell,), {"origin": f"{module}.{name}"})

    def persistent_load(self, pid: object) -> None:
        """Skip a tensor."""
