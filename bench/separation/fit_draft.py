"""``python -m bench.separation.fit_draft``: fit the draft separator's exponents, write its table.

The exponents are fitted to the tuning half of the composed songs: unchanged; remixed (with random
levels, widths, tilts and pan, a fifth of them mono); and, if a folder of instrumental recordings is
given, with the composed voices over those.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import soundfile
import torch
from scipy import signal

from backend.app.contract.stems import FOUR_STEMS
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.stems.draft.masks import BANDS_HZ, ESTIMATED, SIDES, SUNG, TABLE, bands_of_bins
from backend.app.stems.draft.spectra import HOP, N_BINS, mid_side
from backend.app.stems.draft.traits import traits_of
from composer.song import SongSpec

from .corpus import DURATION_S, HeldSong, Stems, specs, stems_of

FRAMES_KEPT = 400  # a fifth of a song's frames
FRAMES_A_STEP = 100
# Every bin of the lower spectrum, where most of the power is, and every eighth above.
BINS = np.concatenate([np.arange(256), np.arange(259, N_BINS, 8)])
WEIGHTS = torch.from_numpy(np.where(BINS < 256, 1.0, 8.0).astype(np.float32))
EPOCHS = 12
RATE = 0.04
VOICE_UNDER_MUSIC_DB = (-8.0, 0.0)
OTHER, VOCALS = FOUR_STEMS.index("other"), FOUR_STEMS.index("vocals")
LEAK_WEIGHT = 0.05
"""Weight of 1 dB of leakage into the vocals against 1 dB of all four stems' ratios."""
# relative to the song's power: without this floor, muting the vocals would score best
LEAK_FLOOR = 10.0**-3.5


@dataclass(frozen=True, slots=True)
class Sample:
    """Frames of a song: the stems' spectra, the traits, and which stems are scored."""

    spectra: torch.Tensor
    traits: torch.Tensor
    judged: tuple[int, ...]


def main() -> None:
    """Compute the songs' spectra, fit the exponents, write the table."""
    options = _parse()
    jobs = [
        (spec, version, options.music)
        for (_, spec), version in product(specs("tuning"), range(3 if options.music else 2))
    ]
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(pool.map(_lesson, *zip(*jobs, strict=True)))
    names, arrays = results[0][0], [one[1] for one in results]
    fitted = fit([Sample(torch.from_numpy(z), torch.from_numpy(t), j) for z, t, j in arrays])
    write(names, fitted)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--music", type=Path, help="a folder of instrumental recordings")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser.parse_args()


_Trained = tuple[list[str], tuple[np.ndarray, np.ndarray, tuple[int, ...]]]


def _lesson(spec: SongSpec, version: int, music: Path | None) -> _Trained:
    rng = np.random.default_rng([spec.seed, version])
    stems, judged = stems_of(spec), tuple(range(len(FOUR_STEMS)))
    if version == 1:
        stems = _remixed(stems, rng)
    if version == 2 and music:
        stems, judged = _over_a_recording(stems, music, spec.seed, rng), (-1,)
    n_frames = stems.shape[2] // HOP
    spectra = np.stack([mid_side(HeldSong(stem), 0, n_frames) for stem in stems])
    kept = np.sort(rng.choice(n_frames, FRAMES_KEPT, replace=False))
    traits = {name: values[kept] for name, values in traits_of(spectra.sum(axis=0))}
    planes = [np.broadcast_to(v, (FRAMES_KEPT, N_BINS))[:, BINS] for v in traits.values()]
    return list(traits), (spectra[:, :, kept][..., BINS], np.stack(planes), judged)


def _remixed(stems: Stems, rng: np.random.Generator) -> Stems:
    """Vary the stems' levels, tilts and widths; often make bass and vocals mono."""
    mono = rng.random() < 0.2
    out = []
    for name, stem in zip(FOUR_STEMS, stems, strict=True):
        widths = (0.0, 0.3, 0.6, 1.0) if name in ("drums", "other") else (0.0, 0.0, 1.0)
        width = 0.0 if mono else rng.choice(widths)
        middle = stem.mean(axis=0, keepdims=True)
        tilt, gain = rng.uniform(-0.35, 0.35), 10.0 ** (rng.normal(0.0, 2.5) / 20.0)
        pan = rng.uniform(-0.6, 0.6) if name == "other" and not mono else 0.0
        placed = (middle + width * (stem - middle)) * [[gain * (1.0 - pan)], [gain * (1.0 + pan)]]
        out.append(signal.lfilter([1.0, -tilt], [1.0], placed))
    return np.asarray(out, np.float32)


def _over_a_recording(stems: Stems, music: Path, seed: int, rng: np.random.Generator) -> Stems:
    """Put the vocals over a recording, which counts as the stem ``other``."""
    files = sorted(path for path in music.iterdir() if path.suffix in (".ogg", ".flac", ".wav"))
    n_samples = round(DURATION_S * SAMPLE_RATE)
    start = 30 * SAMPLE_RATE
    sound, _ = soundfile.read(
        files[seed % len(files)], n_samples, start, dtype="float32", always_2d=True
    )
    recording = np.zeros_like(stems[0])
    recording[:, : len(sound)] = sound.T
    voice = stems[-1]
    sung = voice[:, np.abs(voice).max(axis=0) > 1e-3]
    if sung.size:
        level = 10.0 ** (rng.uniform(*VOICE_UNDER_MUSIC_DB) / 20.0)
        voice = voice * (level * recording.std() / sung.std())
    silence = np.zeros_like(recording)
    return np.asarray([silence, silence, recording, voice], np.float32)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Exponents ``(traits, 4, bands)``, and expected mid and side ``(2, 4, bands)``."""

    traits: np.ndarray
    sides: np.ndarray


def fit(lessons: Sequence[Sample]) -> Fitted:
    """Maximise the stems' signal-to-distortion ratios by gradient descent.

    The leak into the vocals where there is no singing, in dB, counts against them.
    """
    n_traits = lessons[0].traits.shape[0]
    traits = torch.zeros(n_traits, len(ESTIMATED), len(BANDS_HZ), requires_grad=True)
    sides = torch.zeros(len(SIDES), len(ESTIMATED), len(BANDS_HZ), requires_grad=True)
    with torch.no_grad():
        sides[:, ESTIMATED.index(SUNG)] = 2.0  # the vocal gate is open by default
    bands = torch.from_numpy(bands_of_bins()[BINS])
    torch.set_num_threads(1)  # a step is short: with more threads, they mostly wait for each other
    optimiser = torch.optim.Adam([traits, sides], RATE)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=EPOCHS * len(lessons))
    rng = np.random.default_rng(0)
    for epoch in range(EPOCHS):
        ratios, leaks = [], []
        for index in rng.permutation(len(lessons)):
            lesson = lessons[index]
            some = np.sort(rng.choice(FRAMES_KEPT, FRAMES_A_STEP, replace=False))
            masks = _masks(lesson.traits[:, some], traits @ bands.T, sides @ bands.T)
            ratio_db = _ratios_db(masks, lesson.spectra[:, :, some], lesson.judged)
            leak_db = _leak_db(masks[VOCALS], lesson.spectra[:, :, some])
            # Prefer small exponents.
            modest = 1e-3 * (traits.square().mean() + sides.square().mean())
            optimiser.zero_grad()
            (modest + LEAK_WEIGHT * leak_db - ratio_db.sum() / len(FOUR_STEMS)).backward()
            optimiser.step()
            pace.step()
            leaks.append(float(leak_db.detach()))
            ratios.append(float(ratio_db.detach().mean()) if len(ratio_db) else np.nan)
        means = f"{np.nanmean(ratios):.2f} dB, {np.mean(leaks):.1f} dB leaks"
        print(f"{epoch + 1:3} of {EPOCHS}: {means}", flush=True)
    return Fitted(traits.detach().numpy(), sides.detach().numpy())


def _masks(values: torch.Tensor, traits: torch.Tensor, sides: torch.Tensor) -> torch.Tensor:
    """Compute :func:`backend.app.stems.draft.masks.masks_of`, ordered as ``FOUR_STEMS``."""
    scores = (
        torch.einsum("ftb,fkb->ktb", values, traits)[:, None] + sides.transpose(0, 1)[:, :, None]
    )
    drums, bass, vocals, sung = scores
    vocals = vocals + torch.nn.functional.logsigmoid(sung)
    every = [drums, bass, vocals]
    every.insert(OTHER, torch.zeros_like(drums))
    return torch.softmax(torch.stack(every), 0)


def _ratios_db(masks: torch.Tensor, spectra: torch.Tensor, judged: tuple[int, ...]) -> torch.Tensor:
    """Return the signal-to-distortion ratios of the scored stems that sound."""
    wrong = ((masks * spectra.sum(0) - spectra).abs().square() * WEIGHTS).sum((1, 2, 3))
    right = (spectra.abs().square() * WEIGHTS).sum((1, 2, 3))
    song = right.sum()
    sounds = [stem for stem in judged if right[stem] > 1e-4 * song]
    return 10.0 * torch.log10(right[sounds] / (wrong[sounds] + 1e-4 * song))


def _leak_db(mask: torch.Tensor, spectra: torch.Tensor) -> torch.Tensor:
    """Return the level of the vocals' stem relative to the song in frames without singing."""
    song = spectra.sum(0)
    voice = (spectra[VOCALS].abs().square() * WEIGHTS).sum((0, 2))
    silent = voice < 1e-5 * (song.abs().square() * WEIGHTS).sum((0, 2)).mean()
    leaked = ((mask * song).abs().square() * WEIGHTS)[:, silent].sum()
    there = (song.abs().square() * WEIGHTS)[:, silent].sum()
    return 10.0 * torch.log10((leaked + LEAK_FLOOR * there + 1e-12) / (there + 1e-12))


def write(names: Sequence[str], fitted: Fitted) -> None:
    """Write the draft separator's table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["trait", "stem", *(f"{hz:g}" for hz in BANDS_HZ)])
        for name, of_stems in zip([*names, *SIDES], [*fitted.traits, *fitted.sides], strict=True):
            for stem, exponents in zip(ESTIMATED, of_stems, strict=True):
                lines.writerow([name, stem, *(f"{value:.3f}" for value in exponents)])


if __name__ == "__main__":
    main()
