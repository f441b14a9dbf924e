"""The Demucs models offered by name, and their authors' notice."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract.stems import FOUR_STEMS, STEM_NAMES, StemName

NOTICE = (
    "Demucs' code is free software (MIT), its trained weights are not: their author has said that "
    "they “are not covered by the MIT license, and are provided only for scientific purposes” "
    "(github.com/facebookresearch/demucs, issue 327). Segue ships none. If you go on, they are "
    "fetched from the place where their authors publish them and kept on this machine. Check "
    "whether your use is a scientific one."
)


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What is known of a model before its files are installed.

    ``download_mb`` is about two bytes a weight: 42 million weights in each network of ``htdemucs``,
    27 million in that of six stems; None if unknown.
    """

    label: str
    sources: tuple[StemName, ...]
    download_mb: float | None = None


KNOWN_MODELS = {
    "htdemucs": KnownModel("Demucs 4", FOUR_STEMS, 84.0),
    "htdemucs_ft": KnownModel(
        "Demucs 4, tuned to each stem (four times slower)", FOUR_STEMS, 336.0
    ),
    "htdemucs_6s": KnownModel("Demucs 4, six stems", STEM_NAMES, 55.0),
}


def describe(model: str) -> KnownModel:
    """Describe a model; assume four stems if it is unknown."""
    other = KnownModel(f"Demucs ({model.removeprefix('hf://')})", FOUR_STEMS)
    return KNOWN_MODELS.get(model, other)
