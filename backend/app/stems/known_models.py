"""The Demucs models that are offered by name, and what their authors ask for."""

from __future__ import annotations

from dataclasses import dataclass

from ..contract.stems import FOUR_STEMS, STEM_NAMES, StemName

NOTICE = (
    "Demucs' code is free software (MIT), its trained weights are not: their author has said that "
    "they “are not covered by the MIT license, and are provided only for scientific purposes” "
    "(github.com/facebookresearch/demucs, issue 327). Segue ships none. If you go on, they are "
    "fetched from the place where their authors publish them and kept on this machine; whether "
    "your use is one they were released for is for you to judge."
)


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that is offered before its files are here.

    ``download_mb`` is about what its files take: two bytes a weight, of 42 million weights in each
    network of ``htdemucs`` and 27 million in that of six stems.
    """

    label: str
    sources: tuple[StemName, ...]
    download_mb: float


KNOWN_MODELS = {
    "htdemucs": KnownModel("Demucs 4", FOUR_STEMS, 84.0),
    "htdemucs_ft": KnownModel(
        "Demucs 4, tuned to each stem (four times slower)", FOUR_STEMS, 336.0
    ),
    "htdemucs_6s": KnownModel("Demucs 4, six stems", STEM_NAMES, 55.0),
}


def label_of(model: str) -> str:
    """What a model is called, for people."""
    known = KNOWN_MODELS.get(model)
    return known.label if known else f"Demucs ({model.removeprefix('hf://')})"
