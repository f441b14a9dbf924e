"""A re-render makes the same MP3 as a render from scratch, with less work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import ReportView, TimelineView
from backend.app.dj.timeline import Clip, Timeline, Transition
from backend.app.dj.timeline_json import view_of
from backend.app.dsp.samples import Samples
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.player.player import Player
from backend.app.services.files.names import REPORT, TIMELINE
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.measure import check_mix
from backend.app.services.mixtape.planning.plan import JOINS, PlannedJoins
from backend.app.services.mixtape.render import render_mix
from backend.app.services.mixtape.reuse.mp3 import MEASUREMENT, MP3, MP3_ORIGIN
from backend.app.store.files.blobs import ContentStore
from tests.render.mixes import babble, chord
from tests.sounds import SR, clicks

from ..stored_tracks import context, put_track

TRACK_S = 16
N_SAMPLES = TRACK_S * SR


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> MixtapeJob:
    """A mixtape of three tracks, without a base."""
    folder = tmp_path_factory.mktemp("crate")
    store = ContentStore(folder / "storage")
    sounds = (clicks(TRACK_S, 0.31, peak=0.4), chord(TRACK_S), babble(TRACK_S))
    tracks = [put_track(store, folder, *pair) for pair in zip("abc", sounds, strict=True)]
    inputs = MixtapeInputs(
        request=MixtapeRequest(tracks_upload_id="crate", transitions="dj"),
        title="Mix",
        tracks=tracks,
    )
    return MixtapeJob(inputs, store, find_ffmpeg(None), 2)


def timeline(*overlaps_s: float) -> Timeline:
    """The tracks one after the other, crossfaded."""
    clips: list[Clip] = []
    joins: list[Transition] = []
    for index, overlap_s in enumerate((0.0, *overlaps_s)):
        start = clips[-1].end - round(overlap_s * SR) if clips else 0
        if clips:
            clips[-1] = replace(clips[-1], fade_out=round(overlap_s * SR))
            span = (start, clips[-1].end)
            joins.append(Transition(index - 1, index, "crossfade", *span, span[1] - start, ""))
        name = "abc"[index]
        fade = round(overlap_s * SR)
        clips.append(Clip(name, name * 64, name, "", start, N_SAMPLES, gain_db=-6.0, fade_in=fade))
    return Timeline(tuple(clips), tuple(joins))


FIRST = timeline(4.0, 4.0)
LINEAR = replace(
    FIRST, clips=(replace(FIRST.clips[0], curve="linear"), *FIRST.clips[1:])
)  # another first join, of the same length
CHANGED = {
    "nothing": FIRST,
    "a join of the same length": LINEAR,
    "a shorter mix": timeline(4.0, 7.3),
    "a longer mix": timeline(4.0, 2.1),
}


def rendered(job: MixtapeJob, folder: Path, plan: Timeline, notes: list[str] | None = None) -> Path:
    """Run the steps that render and check a plan; ``notes`` collects their notes."""
    ctx = context(job, folder)
    if notes is not None:
        ctx = replace(ctx, note=notes.append)
    ctx.workspace.path(TIMELINE).write_text(view_of(plan).model_dump_json())
    ctx.workspace.path(JOINS).write_text(PlannedJoins(joins=[]).model_dump_json())
    render_mix(ctx)
    check_mix(ctx)
    return folder


def based(job: MixtapeJob, *, base: Timeline = FIRST, **options: object) -> MixtapeJob:
    """The job, based on the one whose folder is ``first``."""
    request = job.request.model_copy(update={"based_on": "first", **options})
    inputs = job.inputs.model_copy(update={"request": request, "base": view_of(base)})
    return replace(job, inputs=inputs)


def based_on(job: MixtapeJob, folder: Path) -> MixtapeJob:
    """The job, based on another one whose folder is beside it, with its files' levels."""
    request = job.request.model_copy(update={"based_on": folder.name})
    base = TimelineView.model_validate_json((folder / TIMELINE).read_bytes())
    report = ReportView.model_validate_json((folder / REPORT).read_bytes())
    update = {"request": request, "base": base, "base_files": tuple(report.files)}
    return replace(job, inputs=job.inputs.model_copy(update=update))


@pytest.fixture(scope="module")
def first(job: MixtapeJob, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(job, tmp_path_factory.mktemp("jobs") / "first", FIRST)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the blocks that were played."""
    sizes: list[int] = []
    play = Player.play

    def counted(self: Player, start: int, end: int) -> Iterator[Samples]:
        for block in play(self, start, end):
            sizes.append(block.shape[1])
            yield block

    monkeypatch.setattr(Player, "play", counted)
    return sizes


@pytest.mark.parametrize("changed", CHANGED)
def test_rerendered_mp3_and_report_equal_those_from_scratch(
    changed: str, job: MixtapeJob, first: Path, tmp_path: Path, played: list[int]
) -> None:
    plan = CHANGED[changed]
    scratch = rendered(job, tmp_path / "scratch", plan)
    assert sum(played) >= plan.length
    played.clear()
    again = rendered(based(job), first.parent / changed, plan)
    assert (again / MP3).read_bytes() == (scratch / MP3).read_bytes()
    assert sum(played) < 0.8 * plan.length
    reports = [
        ReportView.model_validate_json((one / "report.json").read_bytes())
        for one in (again, scratch)
    ]
    # Filters start at other samples and round differently: the second decimal may differ.
    assert reports[0].loudness_lufs == pytest.approx(reports[1].loudness_lufs, abs=0.011)
    assert reports[0].true_peak_dbtp == reports[1].true_peak_dbtp
    assert (again / "waveform.json").read_bytes() == (scratch / "waveform.json").read_bytes()


def test_unchanged_rerender_plays_nothing(job: MixtapeJob, first: Path, played: list[int]) -> None:
    rendered(based(job), first.parent / "same", FIRST)
    assert sum(played) == 0


def test_rerender_of_a_rerender(
    job: MixtapeJob, first: Path, tmp_path: Path, played: list[int]
) -> None:
    rendered(based(job), first.parent / "second", LINEAR)
    played.clear()
    third = rendered(based_on(job, first.parent / "second"), first.parent / "third", FIRST)
    assert 0 < sum(played) < 0.8 * FIRST.length
    assert (third / MP3).read_bytes() == (first / MP3).read_bytes()


def delete_files(folder: Path) -> None:
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()


def truncate(folder: Path) -> None:
    for name in (MP3, MEASUREMENT):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])


def change_recipe(folder: Path) -> None:
    origin = json.loads((folder / MP3_ORIGIN).read_text())
    (folder / MP3_ORIGIN).write_text(json.dumps({**origin, "recipe": "other"}))


@pytest.mark.parametrize("spoil", [delete_files, truncate, change_recipe])
def test_unusable_base_is_rendered_from_scratch(
    spoil, job: MixtapeJob, first: Path, tmp_path: Path, played: list[int]
) -> None:
    base = tmp_path / "first"
    base.mkdir()
    for name in (MP3, MP3_ORIGIN, MEASUREMENT):
        (base / name).write_bytes((first / name).read_bytes())
    spoil(base)
    again = rendered(based(job), tmp_path / "again", FIRST)
    assert sum(played) >= FIRST.length
    assert (again / MP3).read_bytes() == (first / MP3).read_bytes()


def test_other_bitrate_reuses_nothing(job: MixtapeJob, first: Path, played: list[int]) -> None:
    rendered(based(job, bitrate_kbps=192), first.parent / "192", FIRST)
    assert sum(played) >= FIRST.length
