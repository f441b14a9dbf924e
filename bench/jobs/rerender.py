"""``python -m bench.jobs.rerender``: measure the re-render after changing one join.

A set is mixed, then twice more with one join of another kind: first one that keeps the mix's length
(a sweep of as many bars instead of a blend), then one that changes it.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

from backend.app.contract.dj import PairChoice, TransitionKind
from backend.app.contract.jobs import MixtapeRequest, VideoOptions
from backend.app.contract.mixes import TimelineView, TransitionView
from backend.app.jobs.messages import Order
from backend.app.jobs.runner import run_order
from backend.app.services.files.names import TIMELINE
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from bench.crate import composed
from bench.mixing.second_job import shelved

from .step_costs import Spent, cost_of_step, watched

FIRST = "first"
KEPT_IN = Path(__file__).parents[2] / "build" / "rerender"
"""Folder of the composed tracks, kept because composing twenty takes longer than mixing them."""


@dataclass(frozen=True)
class Bench:
    """One set, and the folder of its jobs."""

    folder: Path
    settings: Settings
    inputs: MixtapeInputs

    def mix(self, name: str, inputs: MixtapeInputs) -> dict[str, Spent]:
        """Run a mixtape job; return the time of each step."""
        order = Order(
            job_id=name,
            pipeline="",
            inputs=inputs.model_dump_json(),
            work_s=inputs.duration_s,
            workspace=str(self.folder / name),
            attempt=1,
            finished=[],
        )
        steps: dict[str, Spent] = {}
        run_order(order, build_mixtape_pipeline(self.settings), watched(steps))
        return steps

    def timeline(self, name: str) -> TimelineView:
        """Return the timeline of a job's mix."""
        return TimelineView.model_validate_json((self.folder / name / TIMELINE).read_bytes())

    def changed(self, choice: PairChoice, *, from_scratch: bool = False) -> MixtapeInputs:
        """Return the set's request with one join of the first mix changed."""
        base = "nothing kept" if from_scratch else FIRST
        wishes = {"based_on": base, "overrides": [choice]}
        request = self.inputs.request.model_copy(update=wishes)
        return self.inputs.model_copy(update={"request": request, "base": self.timeline(FIRST)})


def dj_inputs(settings: Settings, crate_folder: Path, options: argparse.Namespace) -> MixtapeInputs:
    """Return the inputs of a DJ's mix of composed songs, in the requested formats."""
    crate = composed(crate_folder, options.tracks, options.seconds)
    tracks = shelved(crate, ContentStore(settings.storage_root))
    request = MixtapeRequest(
        tracks_upload_id="-",
        transitions="dj",
        order="auto",
        formats=options.formats.split(","),
        video=VideoOptions(height=options.video) if options.video else None,
        check_joins=vars(options).get("check_joins", "default"),
    )
    return MixtapeInputs(request=request, title="Bench", tracks=tracks)


def run(folder: Path, crate_folder: Path, options: argparse.Namespace) -> None:
    """Print the seconds of each step of the first mix and of the changed ones."""
    settings = Settings(storage_root=folder / "storage")
    inputs = dj_inputs(settings, crate_folder, options)
    bench = Bench(folder, settings, inputs)
    first = bench.mix(FIRST, inputs)
    timeline = bench.timeline(FIRST)
    join = _middle_blend(timeline)
    length = f"{len(inputs.tracks)} tracks, {timeline.duration_s / 60:.1f} min"
    print(f"{length}; join at {join.start_s:.0f} s")
    print("joins: " + ", ".join(f"{one.kind} {one.bars}" for one in timeline.transitions))
    other: TransitionKind = "sweep" if join.kind == "blend" else "blend"
    changes = {
        f"{other} {join.bars}": _choice(timeline, join, other, join.bars),
        "cut": _choice(timeline, join, "cut", None),
    }
    for name, choice in changes.items():
        again = bench.mix(name, bench.changed(choice))
        _table(name, first, again, bench.timeline(name).duration_s - timeline.duration_s)
        if options.verify:
            bench.mix("anew", bench.changed(choice, from_scratch=True))
            for file in ("report.json", *(f"mix.{kind}" for kind in inputs.request.formats)):
                pair = [(folder / job / file).read_bytes() for job in (name, "anew")]
                print(f"{file} byte for byte as from scratch: {pair[0] == pair[1]}")


def _middle_blend(timeline: TimelineView) -> TransitionView:
    """Return the beat-matched join nearest to the middle."""
    matched = [one for one in timeline.transitions if one.kind in ("blend", "sweep")]
    if not matched:
        raise SystemExit("No join of this set is beat-matched: ask for more or longer tracks.")
    return min(matched, key=lambda one: abs(one.start_s - timeline.duration_s / 2))


def _choice(
    timeline: TimelineView, join: TransitionView, kind: TransitionKind, bars: int | None
) -> PairChoice:
    out, into = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    return PairChoice(outgoing=out.track_id, incoming=into.track_id, kind=kind, bars=bars)


def _table(name: str, first: dict[str, Spent], again: dict[str, Spent], longer_s: float) -> None:
    print(f"\none join made a {name}; the mix is {longer_s:+.2f} s longer")
    heads = ("first", "CPU", "again", "CPU", "share", "of CPU")
    print(f"{'seconds':12}" + "".join(f"{head:>9}" for head in heads))
    for step in (*first, "all"):
        before, after = cost_of_step(first, step), cost_of_step(again, step)
        share = after.wall_s / max(before.wall_s, 1e-9)
        cpu_share = after.cpu_s / max(before.cpu_s, 1e-9)
        print(
            f"{step:12}{before.wall_s:9.2f}{before.cpu_s:9.2f}"
            f"{after.wall_s:9.2f}{after.cpu_s:9.2f}{share:9.1%}{cpu_share:9.1%}"
        )


def main() -> None:
    """Compose a crate (or read that of ``--crate``), mix it, change a join."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.rerender", description=__doc__)
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=150.0, help="length of a composed track")
    parser.add_argument("--formats", default="mp3")
    parser.add_argument("--video", type=int, choices=(720, 1080, 2160), help="also render a film")
    parser.add_argument("--crate", type=Path, help="folder of the tracks; default: in build/")
    parser.add_argument("--verify", action="store_true", help="compare with mixing from scratch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), options.crate or KEPT_IN / f"{options.seconds:g} s", options)


if __name__ == "__main__":
    main()
