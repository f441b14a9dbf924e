"""Tiny Demucs models with random weights, in the formats of real ones.

They are of the class of ``htdemucs``, with two channels and segments of 1.3 s, and about 30 times
as fast as the song on one core. Their stems are meaningless, but the same seed gives the same
model.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from backend.app.contract.stems import FOUR_STEMS, StemName

# 57330 samples, of which three quarters is not a whole number of any unit
SEGMENT = Fraction(13, 10)


def tiny_model(sources: Sequence[StemName] = FOUR_STEMS, *, seed: int = 0) -> Any:
    """A small HTDemucs in which every part has an effect, as after training."""
    import torch
    from demucs.htdemucs import HTDemucs

    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        model = HTDemucs(
            list(sources),
            channels=2,
            dconv_comp=2,
            bottom_channels=8,
            t_layers=2,
            t_heads=2,
            segment=SEGMENT,
        )
        for name, weight in model.named_parameters():
            # an untrained model nearly mutes its transformer, with 0.0001
            if name.endswith(".scale"):
                weight.fill_(0.5)
    return model.eval()


def tiny_repo(
    folder: Path,
    name: str = "tiny",
    sources: Sequence[StemName] = FOUR_STEMS,
    *,
    bag: Sequence[Sequence[float]] = ((1.0,) * 6,),
    seed: int = 0,
) -> Path:
    """Write a folder for ``DEMUCS_REPO`` with a bag of this name; return the folder.

    ``bag`` holds the weights of each of its models, by source; by default one model.
    """
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    signatures = [f"{name}{index}" for index in range(len(bag))]
    for index, signature in enumerate(signatures):
        raw = io.BytesIO()
        torch.save(package(tiny_model(sources, seed=seed + index)), raw)
        checksum = hashlib.sha256(raw.getvalue()).hexdigest()[:8]
        (folder / f"{signature}-{checksum}.th").write_bytes(raw.getvalue())
    _write_bag(folder / f"{name}.yaml", signatures, bag, len(sources))
    return folder


def tiny_hub(
    folder: Path,
    name: str = "tiny",
    sources: Sequence[StemName] = FOUR_STEMS,
    *,
    bag: Sequence[Sequence[float]] = ((1.0,) * 6,),
    seed: int = 0,
) -> Path:
    """Write the hub's format: a bag, and a safetensors file for each model.

    Returns the folder.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    signatures = [f"{name}{index}" for index in range(len(bag))]
    for index, signature in enumerate(signatures):
        parts = package(tiny_model(sources, seed=seed + index))
        klass = f"{parts['klass'].__module__}.{parts['klass'].__name__}"
        about = {
            "klass": klass,
            "args": json.dumps(parts["args"]),
            "kwargs": json.dumps(parts["kwargs"], default=_fraction),
        }
        state = {key: tensor.contiguous() for key, tensor in parts["state"].items()}
        save_file(state, folder / f"{signature}.safetensors", metadata=about)
    _write_bag(folder / f"{name}.yaml", signatures, bag, len(sources))
    return folder


def package(model: Any) -> dict[str, Any]:
    """Save a model like Demucs' training, with the released half precision."""
    args, kwargs = model._init_args_kwargs
    state = {key: tensor.half() for key, tensor in model.state_dict().items()}
    return {"klass": type(model), "args": args, "kwargs": kwargs, "state": state}


def _fraction(value: Fraction) -> dict[str, object]:
    return {"_type": "fraction", "numerator": value.numerator, "denominator": value.denominator}


def _write_bag(
    path: Path, signatures: list[str], bag: Sequence[Sequence[float]], n_sources: int
) -> None:
    lines = [f"models: {json.dumps(signatures)}"]
    if len(bag) > 1:
        lines.append(f"weights: {json.dumps([list(w)[:n_sources] for w in bag])}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
