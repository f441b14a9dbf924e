"""``python -m bench.restyle``: compare restyled stems with their originals.

Songs are composed, and their true stems replace separated ones: neither the figures nor the times
include a separation. All other steps run as on a server.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from backend.app.contract.jobs import RestyleRequest
from backend.app.contract.restyles import RestyledStemView, RestyleReport
from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dsp.samples import Samples
from backend.app.jobs.messages import Done, Message, Order, StepFinished
from backend.app.jobs.runner import run_order
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.restyle.inputs import StyleSound
from backend.app.services.restyle.resolve import restyle_inputs
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_restyle_pipeline
from bench.process_cost import cost_of

from .corpus import (
    PAD_MIDI,
    SPECS,
    RestyleSong,
    composed_song,
    put_song,
    put_sound,
    sounds,
)
from .measure import Ear, Nearness, cents_off, listen, nearness

LEGEND = """\
onsets: F within 50 ms, new stem against old stem: librosa's / its SuperFlux's (our analysis').
true: F of our analysis' onsets in the new / the old stem against the composer's notes.
pitch, of what has one: of the frames voiced in the old stem, % within 50 cents in the new one, by
librosa's pYIN (our analysis'); % voiced in it at all. chroma: of the true notes'
classes, % that are among as many strongest ones, new / old stem. envelope: correlation of the RMS
over 50 ms. clicks: neither at a note nor where the old stem has one."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A restyled stem: this bench's measurements, and the job's own report."""

    song: str
    sound: str
    stem: StemName
    near: Nearness
    reported: RestyledStemView


def main() -> None:
    """Compose songs, restyle them, measure, print."""
    options = _parse()
    if options.play:
        _play_once(Path(options.play))
        return
    with tempfile.TemporaryDirectory() as folder:
        if not options.only_speed:
            with ProcessPoolExecutor(options.processes) as pool:
                numbers = range(min(options.songs, len(SPECS)))
                off = _print(pool.map(_measure, numbers, [options.seconds] * len(numbers)))
            reported = ", ".join(f"{one:.1f}" for one in off)
            print(f"\nmapping off, a pad on the voice: cents from the pad's own pitch: {reported}")
        _time(Path(folder), options.rounds)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.restyle", description=__doc__)
    parser.add_argument("--songs", type=int, default=len(SPECS), help="number of songs")
    parser.add_argument("--seconds", type=float, default=32.0, help="length of each song")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1, help="rounds of the speed measurement")
    parser.add_argument("--only-speed", action="store_true")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(number: int, seconds: float) -> tuple[list[_Row], float]:
    """Restyle a song with each sound; also with the pitch mapping off, for a sound's own pitch."""
    song = composed_song(replace(SPECS[number], duration_s=seconds))
    heard = {stem: listen(stem, song.stem(stem)) for stem in FOUR_STEMS}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        store = ContentStore(root)
        track = put_song(store, number, song.song)
        rows: list[_Row] = []
        for name, sound in sounds().items():
            style = put_sound(store, name, sound)
            out = root / name
            restyle(root, track, dict.fromkeys(FOUR_STEMS, style), out)
            rows += _rows(song, heard, name, out)
        pad, out = put_sound(store, "pad", sounds()["pad"]), root / "own"
        restyle(root, track, {"vocals": pad}, out, use_pitch_mapping=False)
        return rows, cents_off(_read(out / "stems/vocals.wav"), PAD_MIDI)


def _rows(song: RestyleSong, heard: Mapping[StemName, Ear], name: str, out: Path) -> Iterable[_Row]:
    report = RestyleReport.model_validate_json((out / "report.json").read_bytes())
    for reported in report.stems:
        new = _read(out / reported.file)
        base = (song.stem(reported.stem), heard[reported.stem])
        near = nearness(song, reported.stem, base, (new, listen(reported.stem, new)))
        yield _Row(song.name, name, reported.stem, near, reported)


def restyle(
    root: Path,
    track: TrackRef,
    styles: Mapping[StemName, StyleSound],
    out: Path,
    **settings: object,
) -> dict[str, float]:
    """Run the restyle job; return the seconds of each step.

    A stem that is already in the cache is made again.
    """
    config = {stem: {"sound_id": sound.sound_id} for stem, sound in styles.items()}
    request = RestyleRequest.model_validate(
        {"track_id": track.track_id, "config": config, "model": "draft", "settings": settings}
    )
    inputs = restyle_inputs(request, "draft", track, styles)
    said: list[Message] = []
    order = Order("bench", "", inputs.model_dump_json(), 1.0, str(out), 1, [])
    machine = Settings(_env_file=None, storage_root=root, render_workers=2)
    run_order(order, build_restyle_pipeline(machine), said.append)
    if not isinstance(said[-1], Done):
        raise SystemExit(f"the restyle failed: {said[-1]}")
    return {
        reported.step: reported.seconds for reported in said if isinstance(reported, StepFinished)
    }


def _read(path: Path) -> Samples:
    sound: Samples = soundfile.read(path, dtype="float32", always_2d=True)[0].T
    return np.ascontiguousarray(sound)


def _print(songs: Iterable[tuple[list[_Row], float]]) -> list[float]:
    """Print each song's figures and their means; return the pad's distances in cents."""
    print(f"{LEGEND}\n\n{'song':14}{'sound':10}{'stem':8}{'onsets':>18}{'true':>12}", end="")
    print(f"{'pitch':>21}{'chroma':>12}{'envelope':>10}{'clicks':>8}", flush=True)
    found: list[_Row] = []
    off: list[float] = []
    for rows, cents in songs:
        off.append(cents)
        found += rows
        for row in rows:
            _print_row(row.song, row.sound, row.stem, [row])
    for stem in FOUR_STEMS:
        _print_row("all", "", stem, [row for row in found if row.stem == stem])
    return off


def _print_row(song: str, sound: str, stem: str, rows: Sequence[_Row]) -> None:
    near, reported = [row.near for row in rows], [row.reported for row in rows]
    onsets = f"{_mean([n.onset_f for n in near])}/{_mean([n.steady_f for n in near])}"
    onsets += f" ({_mean([t.onset_agreement for t in reported])})"
    true = f"{_mean([n.true_f for n in near])}/{_mean([n.base_f for n in near])}"
    pitches = [one.pitch_agreement for one in reported]
    moved = [row.near for row in rows if row.reported.pitch_agreement is not None]
    pitch = (
        f"{_share([n.pitch_share for n in moved])} ({_share(pitches)})"
        f" {_share([n.voiced_share for n in moved])}"
    )
    chroma = f"{_share([n.chroma_share for n in moved])}/{_share([n.base_chroma for n in moved])}"
    envelope, found = _mean([n.envelope for n in near]), sum(n.n_clicks for n in near)
    print(f"{song:14}{sound:10}{stem:8}{onsets:>18}{true:>12}{pitch:>21}{chroma:>12}", end="")
    print(f"{envelope:>10}{found:8}", flush=True)


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.fmean(known):.2f}" if known else "-"


def _share(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{100.0 * statistics.fmean(known):.0f}%" if known else "-"


def _time(folder: Path, rounds: int) -> None:
    """Time the restyle of a four-minute song with all four stems."""
    song = composed_song(replace(SPECS[0], duration_s=240.0)).song
    print("\nfour minutes, all four stems re-played, separation not included (two workers):")
    for number in range(rounds):
        root = folder / f"speed{number}"
        put_song(ContentStore(root), 0, song)
        cost = cost_of([sys.executable, "-m", "bench.restyle", "--play", str(root)])
        print(
            f"{cost.wall_s:.1f} s wall ({cost.wall_s / 240.0:.3f} of the song's length),"
            f" {cost.cpu_s:.1f} s CPU ({cost.cpu_s / 480.0:.3f} on two cores with nothing else),"
            f" peak {cost.peak_mb:.0f} MB; steps: {(root / 'steps.txt').read_text()}",
            flush=True,
        )


def _play_once(root: Path) -> None:
    """Restyle four minutes in this process, whose cost is measured."""
    store = ContentStore(root)
    track = TrackRef(
        track_id="0" * 32,
        content_hash="0" * 64,
        title="Four minutes",
        artist="",
        n_samples=240 * 44_100,
        has_cover=False,
    )
    names: dict[StemName, str] = dict(zip(FOUR_STEMS, sounds(), strict=True))
    styles = {stem: put_sound(store, name, sounds()[name]) for stem, name in names.items()}
    steps = restyle(root, track, styles, root / "out")
    reported = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items())
    (root / "steps.txt").write_text(reported, encoding="utf-8")
