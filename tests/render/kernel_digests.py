"""Print digests of results that must be equal, bit for bit, computed whole and in parts.

BLAS and numpy choose their kernels for the processor when they are loaded, so each choice needs a
separate process. The output is a JSON object: name -> [digest of the whole, digest of the parts].
The last entry is a plain matrix product, which shows whether kernels differ.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.dj.timeline import Echo, Effect, Timeline
from backend.app.dsp.limiter import BLOCK, Block, limit
from backend.app.dsp.samples import Samples
from backend.app.render.measure.finished_file import BIN, measure
from tests.render.dj_mixes import Crate, bend, clip, played
from tests.sounds import SR, clicks, noise

LOUD = noise(4.0, seed=1, rms_db=-9) + clicks(4.0, 0.25)
CEILING_DB = -6.0


def digest(values: npt.NDArray[np.floating]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def profiles() -> dict[str, tuple[str, str]]:
    whole = measure_loudness([LOUD])
    parts = measure_loudness(np.split(LOUD, [7, 1234, 50_000, 50_001], axis=1))
    return {
        "true peaks": (digest(whole.peaks), digest(parts.peaks)),
        "energies": (digest(whole.energies), digest(parts.energies)),
    }


def finished_file() -> dict[str, tuple[str, str]]:
    whole = measure([LOUD], lambda _: None)
    parts = measure(np.split(LOUD, [BIN, 8 * BIN, 9 * BIN], axis=1), lambda _: None)
    return {"a finished file": (digest(whole.true_peaks), digest(parts.true_peaks))}


def limited(sound: Samples) -> Samples:
    blocks = map(Block, np.split(sound, sound.shape[1] // BLOCK, axis=1))
    return np.concatenate(list(limit(blocks, CEILING_DB)), axis=1)


def limiter() -> dict[str, tuple[str, str]]:
    sound = LOUD[:, : 5 * BLOCK]
    alone = limited(sound[:, BLOCK:])
    return {"limiter": (digest(limited(sound)[:, BLOCK:]), digest(alone))}


def dj_mix() -> dict[str, tuple[str, str]]:
    """Two clips with filters, an echo, fades and a stretched beginning, limited at the join."""
    sweep = Effect(
        "high_pass",
        2 * SR,
        2 * SR,
        ((2 * SR, 0.0), (3 * SR, 1.0)),
        frequency_hz=100.0,
        to_frequency_hz=3000.0,
    )
    swap = Effect(
        "low_shelf", 3 * SR, SR, ((3 * SR, 1.0), (4 * SR, 0.0)), frequency_hz=120.0, gain_db=-26.0
    )
    echo = Echo(5 * SR - SR // 2, SR // 4, SR // 4, 0.6)
    first = clip("noise", 0, 5 * SR, gain_db=6.0, fade_out=SR, effects=(sweep,), echo=echo)
    second = clip(
        "chords",
        2 * SR,
        6 * SR,
        gain_db=6.0,
        fade_in=SR,
        warp=bend(0, 2 * SR, 1.04),
        effects=(swap,),
    )
    with tempfile.TemporaryDirectory() as folder:
        player = Crate(Path(folder), ("noise", "chords")).player(
            Timeline((first, second)), CEILING_DB
        )
        start, end = 3 * SR + 17, 6 * SR + 5
        whole = played(player)[:, start:end]
        return {"a stretch of a DJ mix": (digest(whole), digest(played(player, start, end)))}


def product() -> dict[str, tuple[str, str]]:
    once = digest(LOUD[:, :64] @ LOUD[:, :64].T)
    return {"product": (once, once)}


if __name__ == "__main__":
    found = [part() for part in (profiles, finished_file, limiter, dj_mix, product)]
    json.dump({name: both for part in found for name, both in part.items()}, sys.stdout)
