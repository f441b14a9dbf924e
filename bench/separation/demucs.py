"""``python -m bench.separation.demucs``: compare Segue's use of Demucs with Demucs' command line.

Both separate the same composed song with the same full-size ``htdemucs`` (random weights in the
format of the released ones): the command line into WAV files, Segue into the FLAC files that a
library stores. Segue uses no random shifts, so that a song always gives the same stems; the command
line is therefore run without them, too, and once more with threads that sleep while they wait, as
Segue's do.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dsp.samples import Samples
from backend.app.media.normal_form import TrackReader
from backend.app.stems.choose import separator_of
from backend.app.stems.write_stems import keep_stems
from bench.crate import composed
from bench.process_cost import cost_of, rounds, table

KEPT_IN = Path(__file__).parents[2] / "build" / "stems"
MODEL, SIGNATURE = "htdemucs", "955717e8"
LIMIT = "demucs"


def full_size(folder: Path) -> Path:
    """Create a model folder with a full-size ``htdemucs``: 42 million random weights."""
    import torch
    from demucs.htdemucs import HTDemucs

    if (folder / f"{MODEL}.yaml").is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    args, kwargs = (list(FOUR_STEMS),), {"bottom_channels": 512, "segment": Fraction(39, 5)}
    model = HTDemucs(*args, **kwargs)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            # as after training: with its initial values the transformer has no effect
            if name.endswith(".scale"):
                weight.fill_(0.3)
    state = {key: tensor.half() for key, tensor in model.state_dict().items()}
    raw = io.BytesIO()
    torch.save({"klass": HTDemucs, "args": args, "kwargs": kwargs, "state": state}, raw)
    checksum = hashlib.sha256(raw.getvalue()).hexdigest()[:8]
    (folder / f"{SIGNATURE}-{checksum}.th").write_bytes(raw.getvalue())
    (folder / f"{MODEL}.yaml").write_text(f"models: ['{SIGNATURE}']\n", encoding="utf-8")
    return folder


def keep(repo: Path, song: Path, out: Path) -> None:
    """Separate with Segue; write the longest wait between progress reports to a file."""
    reports = [time.perf_counter()]
    out.mkdir(parents=True, exist_ok=True)
    separator = separator_of(MODEL, repo, repo)
    with TrackReader(song) as reader:
        keep_stems(
            separator,
            reader,
            (0, reader.n_samples),
            FOUR_STEMS,
            lambda stem: out / f"{stem}.flac",
            lambda _: reports.append(time.perf_counter()),
        )
    (out / "longest_wait.txt").write_text(f"{max(np.diff(reports[1:])):.2f}", encoding="utf-8")


def compare(repo: Path, song: Path, out: Path, *, count: int, threads: int) -> None:
    """Print the time and memory of both, run in turns."""
    ours = [sys.executable, "-m", "bench.separation.demucs", "--keep"]
    ours += [str(repo), str(song), str(out / "ours")]
    theirs = [sys.executable, "-m", "demucs", "--repo", str(repo), "-n", MODEL, "-d", "cpu"]
    theirs += ["-o", str(out), str(song)]
    few = {"OMP_NUM_THREADS": str(threads)}
    asleep = {**few, "OMP_WAIT_POLICY": "PASSIVE"}
    contestants = {
        LIMIT: lambda: cost_of(theirs, few),
        "demucs --shifts 0": lambda: cost_of([*theirs, "--shifts", "0"], few),
        "the same, threads asleep": lambda: cost_of([*theirs, "--shifts", "0"], asleep),
        "ours": lambda: cost_of(ours, few),
    }
    with TrackReader(song) as reader:
        length_s = reader.n_samples / 44100
    title = f"{length_s:.0f} s of {MODEL}, {threads} threads, median of {count}"
    table(title, rounds(contestants, count), LIMIT)
    wait = (out / "ours" / "longest_wait.txt").read_text(encoding="utf-8")
    print(f"longest wait between progress reports, and so for a cancel: {wait} s")


def differences_db(repo: Path, song: Path) -> dict[StemName, float]:
    """Return the level of the difference from Demucs' API without shifts, in relative dB."""
    import torch
    from demucs.api import Separator as Api

    with TrackReader(song) as reader:
        samples = reader.read(0, reader.n_samples)
        stretch = (0, reader.n_samples)
        separator = separator_of(MODEL, repo, repo)
        blocks = list(separator.separate(reader, stretch, FOUR_STEMS, lambda _: None))
    api = Api(MODEL, repo=repo, device="cpu", shifts=0)
    _, theirs = api.separate_tensor(torch.from_numpy(samples.copy()))
    ours = {stem: np.concatenate([block[stem] for block in blocks], axis=1) for stem in blocks[0]}
    return {stem: _difference_db(ours[stem], theirs[stem].numpy()) for stem in ours}


def _difference_db(ours: Samples, theirs: Samples) -> float:
    power = np.square(theirs, dtype=np.float64).mean()
    return float(10 * np.log10(np.square(ours - theirs, dtype=np.float64).mean() / power))


def show(differences: Mapping[StemName, float]) -> None:
    """Print the difference of each stem."""
    figures = ", ".join(f"{stem} {db:.0f} dB" for stem, db in differences.items())
    print(f"against Demucs' own API, without shifts: {figures}")


def main() -> None:
    """Compose a song, create the model, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=50.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", nargs=3, type=Path, metavar=("REPO", "SONG", "OUT"))
    options = parser.parse_args()
    if options.keep:
        keep(*options.keep)
        return
    repo = full_size(KEPT_IN / "full_size")
    crate = composed(KEPT_IN / f"{options.seconds:.0f}", 1, options.seconds)
    song = crate.path(crate.names[0])
    compare(repo, song, KEPT_IN / "out", count=options.rounds, threads=options.threads)
    show(differences_db(repo, song))


if __name__ == "__main__":
    main()
