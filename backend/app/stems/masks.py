"""How much of every bin goes to every stem: soft masks that add up to one."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..contract.stems import StemName
from ..dsp.samples import SAMPLE_RATE
from .spectra import N_BINS, WINDOW, Spectra
from .traits import traits_of

Planes = npt.NDArray[np.float32]

TABLE = Path(__file__).with_name("draft_exponents.csv")
BANDS_HZ = (60.0, 150.0, 350.0, 900.0, 2500.0, 7000.0)
"""Where the exponents are given; between them they follow the logarithm of the frequency."""
SUNG = "sung"
TOLD = ("drums", "bass", "vocals", SUNG)
"""What has exponents. ``sung`` are the odds that somebody sings: they open a gate before the
vocals. ``other`` is what the rest is measured against: its exponents are all 0."""
SIDES = ("mid", "side")


@dataclass(frozen=True, slots=True)
class Exponents:
    """What a trait says for a stem, bin by bin.

    Attributes
    ----------
    traits : by name, float32 ``(4, N_BINS)``: for each of :data:`TOLD`
    sides : what is to be expected in mid and in side before anything is heard, ``(2, 4, N_BINS)``
    """

    traits: dict[str, Planes]
    sides: Planes


def masks_of(spectra: Spectra, exponents: Exponents, context: int = 0) -> dict[StemName, Planes]:
    """The share of each stem in each bin of mid and side, between 0 and 1.

    A stem's power is taken to be a product of powers of the traits' ratios, ``exp(sum(w * t))``,
    and its mask is its part of all stems' power, as of a Wiener filter. The vocals' power is
    multiplied with the probability that somebody sings, of odds that are such a product as well.

    Parameters
    ----------
    spectra : of mid and side, shape (2, n, N_BINS)
    context : how many frames at either end are there to be looked at only

    Returns
    -------
    by stem, float32, shape (2, n - 2 * context, N_BINS); at every bin they add up to 1
    """
    inner = slice(context, spectra.shape[1] - context)
    told = np.zeros((len(TOLD), *spectra[0, inner].shape), np.float32)
    for name, values in traits_of(spectra):
        for plane, exponent in zip(told, exponents.traits[name], strict=True):
            plane += values[inner] * exponent
    told = np.exp(told[None] + exponents.sides[:, :, None])
    drums, bass, vocals, odds = told.swapaxes(0, 1)
    vocals *= odds / (odds + np.float32(1.0))
    share = np.float32(1.0) / (drums + bass + vocals + np.float32(1.0))
    return {
        "drums": drums * share,
        "bass": bass * share,
        "other": share,
        "vocals": vocals * share,
    }


@lru_cache(maxsize=1)
def fitted_exponents() -> Exponents:
    """The exponents that ``bench/draft_fit.py`` finds, spread over the bins."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = dict.fromkeys(row["trait"] for row in rows)
    table = {
        name: np.array([_bands(rows, name, stem) for stem in TOLD], np.float32) @ bands_of_bins().T
        for name in names
    }
    sides = np.stack([table.pop(side) for side in SIDES])
    return Exponents(table, sides)


def _bands(rows: list[dict[str, str]], trait: str, stem: str) -> list[float]:
    row = next(row for row in rows if (row["trait"], row["stem"]) == (trait, stem))
    return [float(row[f"{hz:g}"]) for hz in BANDS_HZ]


@lru_cache(maxsize=1)
def bands_of_bins() -> Planes:
    """How much of each band's exponent a bin takes, shape (N_BINS, n_bands); they add up to 1."""
    hz = np.maximum(np.arange(N_BINS) * SAMPLE_RATE / WINDOW, BANDS_HZ[0])
    place = np.interp(np.log(hz), np.log(BANDS_HZ), np.arange(len(BANDS_HZ)))
    near = 1.0 - np.abs(place[:, None] - np.arange(len(BANDS_HZ)))
    return np.asarray(np.clip(near, 0.0, 1.0), np.float32)
