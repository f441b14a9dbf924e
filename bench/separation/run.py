"""``python -m bench.separation``: compare the draft separator with two baselines.

The baselines: the whole mixture as the estimate of every stem; and librosa's harmonic/percussive
separation, with the percussive part as drums and the harmonic part as every other stem.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dsp.samples import SAMPLE_RATE, Samples, seconds
from backend.app.stems.draft.separator import Draft
from composer.song import SongSpec

from .corpus import SEEDS, Half, HeldSong, specs, stems_of

Estimates = Mapping[StemName, Samples]

SILENT_DB = -50.0
"""A stem this far below the song counts as silent and is not scored."""
BREATH_S = 0.5  # sound this near to singing does not count as a leak into the vocals' stem
LEGEND = f"""\
SI-SDR in dB (Le Roux et al. 2019), both channels as one signal; stems below {SILENT_DB:g} dB of
the song are not judged. leak: level of the vocals against the song's, where for half a second to
either side without singing. speed: seconds of the song a second of processor time."""


@dataclass(frozen=True, slots=True)
class Score:
    """Scores of one separator on one song; NaN if not measurable."""

    half: Half
    genre: str
    contestant: str
    si_sdr_db: dict[StemName, float]
    leak_db: float
    speed: float


def draft(song: Samples) -> Estimates:
    """Separate with the draft separator, which is measured."""
    held = HeldSong(song)
    blocks = list(Draft().separate(held, (0, held.n_samples), FOUR_STEMS, lambda _: None))
    return {stem: np.concatenate([b[stem] for b in blocks], axis=1) for stem in FOUR_STEMS}


def mixture(song: Samples) -> Estimates:
    """Return the mixture as every stem: no separation at all."""
    return dict.fromkeys(FOUR_STEMS, song)


def hpss(song: Samples) -> Estimates:
    """Separate with librosa's harmonic/percussive separation and its defaults."""
    import librosa

    harmonic, percussive = librosa.effects.hpss(song)
    return {stem: percussive if stem == "drums" else harmonic for stem in FOUR_STEMS}


CONTESTANTS: dict[str, Callable[[Samples], Estimates]] = {
    "draft": draft,
    "mixture": mixture,
    "librosa hpss": hpss,
}


def si_sdr_db(estimate: Samples, truth: Samples) -> float:
    """Compute the scale-invariant signal-to-distortion ratio in dB.

    Le Roux et al. 2019, equation 3: the truth is scaled to fit the estimate; the rest of the
    estimate is distortion.
    """
    held, true = (x.astype(np.float64).ravel() for x in (estimate, truth))
    target = (held @ true) / (true @ true) * true
    return float(10.0 * np.log10((target @ target) / np.sum(np.square(held - target))))


def leak_db(vocals: Samples, truth: Samples, song: Samples) -> float:
    """Return the vocals' level relative to the song without singing; NaN if all is sung."""
    reach = 2 * round(BREATH_S * SAMPLE_RATE) + 1
    sung = np.abs(truth).max(axis=0) > _rms(song) * 10.0 ** (SILENT_DB / 20.0)
    alone = ~ndimage.maximum_filter1d(sung, reach) & (np.abs(song).max(axis=0) > 0.0)
    if not alone.any():
        return float("nan")
    return float(20.0 * np.log10(_rms(vocals[:, alone]) / _rms(song[:, alone])))


def _rms(sound: npt.NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) + 1e-12


def measure(half: Half, genre: str, spec: SongSpec) -> list[Score]:
    """Score all separators on a song."""
    truth = dict(zip(FOUR_STEMS, stems_of(spec), strict=True))
    song = np.sum(list(truth.values()), axis=0)
    audible = {
        stem for stem in FOUR_STEMS if _rms(truth[stem]) > _rms(song) * 10 ** (SILENT_DB / 20)
    }
    scores = []
    for name, separate in CONTESTANTS.items():
        began = time.process_time()
        stems = separate(song)
        spent_s = time.process_time() - began
        ratios = {
            stem: si_sdr_db(stems[stem], truth[stem]) if stem in audible else float("nan")
            for stem in FOUR_STEMS
        }
        leak = leak_db(stems["vocals"], truth["vocals"], song)
        speed = seconds(song.shape[1]) / max(spent_s, 1e-9)
        scores.append(Score(half, genre, name, ratios, leak, speed))
    return scores


def main() -> None:
    """Compose songs, separate them, print scores."""
    options = _parse()
    jobs = [(half, genre, spec) for half in options.half for genre, spec in specs(half)]
    with ProcessPoolExecutor(options.processes) as pool:
        scores = [s for of_song in pool.map(measure, *zip(*jobs, strict=True)) for s in of_song]
    print(LEGEND)
    for half in options.half:
        of_half = [score for score in scores if score.half == half]
        print(f"\n{half}, {len(of_half) // len(CONTESTANTS)} songs\n{table(of_half)}")
        if half in options.show:
            print(f"\n{genres(of_half)}")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.separation", description=__doc__)
    parser.add_argument("--half", nargs="+", choices=[*SEEDS], default=[*SEEDS])
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument(
        "--show", nargs="*", choices=[*SEEDS], default=["tuning"],
        help="halves to show by genre; tuning on the held-out half spoils it",
    )  # fmt: skip
    return parser.parse_args()


def table(scores: Sequence[Score]) -> str:
    """Format mean and median of each stem's ratio, the leak and the speed; a row per separator."""
    lines = [f"{'mean / median':<14}" + "".join(f"{c:>16}" for c in (*FOUR_STEMS, "leak", "speed"))]
    for name in CONTESTANTS:
        own = [score for score in scores if score.contestant == name]
        columns = [[score.si_sdr_db[stem] for score in own] for stem in FOUR_STEMS]
        columns += [[score.leak_db for score in own], [score.speed for score in own]]
        lines.append(f"{name:<14}" + "".join(f"{_middle(column):>16}" for column in columns))
    return "\n".join(lines)


def genres(scores: Sequence[Score]) -> str:
    """Format the draft separator's mean ratio of each stem, a row per genre."""
    own = [score for score in scores if score.contestant == "draft"]
    lines = [f"{'draft':<14}" + "".join(f"{stem:>10}" for stem in FOUR_STEMS)]
    for genre in dict.fromkeys(score.genre for score in own):
        means = (_mean(s.si_sdr_db[stem] for s in own if s.genre == genre) for stem in FOUR_STEMS)
        lines.append(f"{genre:<14}" + "".join(f"{mean:>10.1f}" for mean in means))
    return "\n".join(lines)


def _middle(values: Iterable[float]) -> str:
    known = [value for value in values if not np.isnan(value)]
    return f"{np.mean(known):.1f} / {np.median(known):.1f}" if known else "-"


def _mean(values: Iterable[float]) -> float:
    return float(np.nanmean([*values, np.nan])) if (values := [*values]) else float("nan")
