"""What it costs to change one join of a finished set: ``python -m bench.rerender``.

A set is mixed, then mixed again twice, each time with one join of another kind: once such that the
mix keeps its length (a blend becomes a sweep of as many bars), once such that it does not.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.app.contract.dj import PairChoice, TransitionKind
from backend.app.contract.jobs import MixtapeRequest, VideoOptions
from backend.app.contract.mixes import TimelineView, TransitionView
from backend.app.jobs.messages import Failed, Message, Noted, Order, StepFinished, StepStarted
from backend.app.jobs.runner import run_order
from backend.app.services.mixtape import mixtape_pipeline
from backend.app.services.mixtape_inputs import TIMELINE, MixtapeInputs, duration_of
from backend.app.settings import Settings
from backend.app.store.blobs import ContentStore

from .crate import composed
from .second_job import shelved

FIRST = "first"
KEPT_IN = Path(__file__).parents[1] / "build" / "rerender"
"""Composed tracks, one folder for each length: composing twenty takes longer than mixing them."""


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and on the processors."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Bench:
    """One set, and the folder in which its jobs have theirs."""

    folder: Path
    settings: Settings
    inputs: MixtapeInputs

    def mix(self, name: str, inputs: MixtapeInputs) -> dict[str, Spent]:
        """Run a mixtape job; what each of its steps took."""
        order = Order(
            job_id=name,
            pipeline="",
            inputs=inputs.model_dump_json(),
            work_s=duration_of(inputs),
            workspace=str(self.folder / name),
            attempt=1,
            finished=[],
        )
        steps: dict[str, Spent] = {}
        run_order(order, mixtape_pipeline(self.settings), _watched(steps))
        return steps

    def timeline(self, name: str) -> TimelineView:
        """How a job laid out its mix."""
        return TimelineView.model_validate_json((self.folder / name / TIMELINE).read_bytes())

    def changed(self, choice: PairChoice, *, from_scratch: bool = False) -> MixtapeInputs:
        """The set with one join of the first mix chosen otherwise."""
        base = "nothing kept" if from_scratch else FIRST
        wishes = {"based_on": base, "overrides": [choice]}
        request = self.inputs.request.model_copy(update=wishes)
        return self.inputs.model_copy(update={"request": request, "earlier": self.timeline(FIRST)})


def _watched(steps: dict[str, Spent]) -> Callable[[Message], None]:
    began = [_now()]

    def tell(message: Message) -> None:
        now = _now()
        if isinstance(message, StepStarted):
            began[0] = now
        elif isinstance(message, StepFinished):
            spent = Spent(now.wall_s - began[0].wall_s, now.cpu_s - began[0].cpu_s)
            steps[message.step] = spent
        elif isinstance(message, Noted):
            print(f"  note: {message.text}")
        elif isinstance(message, Failed):
            raise SystemExit(message.failure.message)

    return tell


def _now() -> Spent:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Spent(time.monotonic(), sum(one.ru_utime + one.ru_stime for one in usages))


def run(folder: Path, crate_folder: Path, options: argparse.Namespace) -> None:
    """Print what each step took: first, changed at equal length, changed at another."""
    settings = Settings(storage_root=folder / "storage")
    crate = composed(crate_folder, options.tracks, options.seconds)
    tracks = shelved(crate, ContentStore(settings.storage_root))
    request = MixtapeRequest(
        tracks_upload_id="-",
        transitions="dj",
        order="auto",
        formats=options.formats.split(","),
        video=VideoOptions(height=options.video) if options.video else None,
    )
    inputs = MixtapeInputs(request=request, title="Bench", tracks=tracks)
    bench = Bench(folder, settings, inputs)
    first = bench.mix(FIRST, inputs)
    timeline = bench.timeline(FIRST)
    join = _middle_blend(timeline)
    print(f"{len(tracks)} tracks, {timeline.duration_s / 60:.1f} min; join at {join.start_s:.0f} s")
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
            for file in ("report.json", *(f"mix.{kind}" for kind in request.formats)):
                pair = [(folder / job / file).read_bytes() for job in (name, "anew")]
                print(f"{file} byte for byte as from scratch: {pair[0] == pair[1]}")


def _middle_blend(timeline: TimelineView) -> TransitionView:
    """The beat-matched join that lies nearest to the middle."""
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
        before, after = _of(first, step), _of(again, step)
        share = after.wall_s / max(before.wall_s, 1e-9)
        cpu_share = after.cpu_s / max(before.cpu_s, 1e-9)
        print(
            f"{step:12}{before.wall_s:9.2f}{before.cpu_s:9.2f}"
            f"{after.wall_s:9.2f}{after.cpu_s:9.2f}{share:9.1%}{cpu_share:9.1%}"
        )


def _of(steps: dict[str, Spent], step: str) -> Spent:
    if step != "all":
        return steps[step]
    return Spent(sum(s.wall_s for s in steps.values()), sum(s.cpu_s for s in steps.values()))


def main() -> None:
    """Compose a crate (or find it where ``--crate`` says), mix it, change it."""
    parser = argparse.ArgumentParser(prog="python -m bench.rerender", description=__doc__)
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=150.0, help="length of a composed track")
    parser.add_argument("--formats", default="mp3")
    parser.add_argument("--video", type=int, choices=(720, 1080, 2160), help="make a film, too")
    parser.add_argument("--crate", type=Path, help="where tracks are kept; else in build/")
    parser.add_argument("--verify", action="store_true", help="compare with mixing from scratch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), options.crate or KEPT_IN / f"{options.seconds:g} s", options)


if __name__ == "__main__":
    main()
