"""Soft masks: the share of each stem in each spectrogram bin; the shares add up to 1."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...contract.stems import StemName
from ...dsp.samples import SAMPLE_RATE
from .spectra import N_BINS, WINDOW, Spectra
from .traits import traits_of

Planes = npt.NDArray[np.float32]

TABLE = Path(__file__).with_name("draft_exponents.csv")
# Frequencies of the table of exponents, which is interpolated over log frequency.
BANDS_HZ = (60.0, 150.0, 350.0, 900.0, 2500.0, 7000.0)
SUNG = "sung"
# What has exponents. ``sung`` are the odds of singing, which gate the vocals. The exponents of
# ``other`` are all 0, as the others are relative to it.
ESTIMATED = ("drums", "bass", "vocals", SUNG)
SIDES = ("mid", "side")


@dataclass(frozen=True, slots=True)
class Exponents:
    """Weights of the traits in each bin, for each of :data:`ESTIMATED`.

    ``traits`` are by name, float32 of shape (4, N_BINS). ``sides`` are constants for mid and side,
    shape (2, 4, N_BINS): what to expect without any trait.
    """

    traits: dict[str, Planes]
    sides: Planes


def masks_of(spectra: Spectra, exponents: Exponents, context: int = 0) -> dict[StemName, Planes]:
    """Compute the share of each stem in each bin of mid and side, 0 to 1.

    A stem's power is taken to be a product of powers of the traits' ratios, ``exp(sum(w * t))``,
    and its mask is its share of all stems' power, as in a Wiener filter. The vocals' power is
    multiplied by the probability of singing, whose odds are such a product as well.

    ``spectra`` of mid and side have shape (2, n, N_BINS); ``context`` frames at either end get no
    mask. The masks are float32 of shape (2, n - 2 * context, N_BINS) and add up to 1 at every bin.
    """
    inner = slice(context, spectra.shape[1] - context)
    products = np.zeros((len(ESTIMATED), *spectra[0, inner].shape), np.float32)
    for name, values in traits_of(spectra):
        for plane, exponent in zip(products, exponents.traits[name], strict=True):
            plane += values[inner] * exponent
    products = np.exp(products[None] + exponents.sides[:, :, None])
    drums, bass, vocals, odds = products.swapaxes(0, 1)
    vocals *= odds / (odds + np.float32(1.0))
    share = np.float32(1.0) / (drums + bass + vocals + np.float32(1.0))
    return {"drums": drums * share, "bass": bass * share, "other": share, "vocals": vocals * share}


@lru_cache(maxsize=1)
def fitted_exponents() -> Exponents:
    """Interpolate the exponents fitted by ``bench/separation/fit_draft.py`` over the bins."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = dict.fromkeys(row["trait"] for row in rows)
    table = {
        name: np.array([_bands(rows, name, stem) for stem in ESTIMATED], np.float32)
        @ bands_of_bins().T
        for name in names
    }
    sides = np.stack([table.pop(side) for side in SIDES])
    return Exponents(table, sides)


def _bands(rows: list[dict[str, str]], trait: str, stem: str) -> list[float]:
    row = next(row for row in rows if (row["trait"], row["stem"]) == (trait, stem))
    return [float(row[f"{hz:g}"]) for hz in BANDS_HZ]


@lru_cache(maxsize=1)
def bands_of_bins() -> Planes:
    """Interpolation weights of the bands for each bin, ``(N_BINS, n_bands)``.

    Each row adds up to 1.
    """
    hz = np.maximum(np.arange(N_BINS) * SAMPLE_RATE / WINDOW, BANDS_HZ[0])
    place = np.interp(np.log(hz), np.log(BANDS_HZ), np.arange(len(BANDS_HZ)))
    near = 1.0 - np.abs(place[:, None] - np.arange(len(BANDS_HZ)))
    return np.asarray(np.clip(near, 0.0, 1.0), np.float32)
