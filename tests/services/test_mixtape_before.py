"""A mix based on another: its MP3 is that of a mix from scratch, byte for byte, for less work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import ReportView
from backend.app.dj.timeline import Clip, Timeline, Transition
from backend.app.dj.timeline_view import view_of
from backend.app.dsp.samples import Samples
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.render.player import Player
from backend.app.services.mix_files import TIMELINE
from backend.app.services.mixtape_before import MADE, MEASURED, MP3
from backend.app.services.mixtape_check import check_mix
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob
from backend.app.services.mixtape_plan import JOINS, PlannedJoins
from backend.app.services.mixtape_sound import render_mix
from backend.app.store.blobs import ContentStore
from tests.render.mixes import babble, chord
from tests.sounds import SR, clicks

from .tracks import context, put_track

TRACK_S = 30
N_SAMPLES = TRACK_S * SR


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> MixtapeJob:
    """Three tracks; a mixtape that is based on nothing."""
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
    "a longer mix": timeline(2.1, 4.0),
}


def mixed(job: MixtapeJob, folder: Path, plan: Timeline) -> Path:
    """What the steps that render and check make of a plan."""
    ctx = context(job, folder)
    ctx.workspace.path(TIMELINE).write_text(view_of(plan).model_dump_json())
    ctx.workspace.path(JOINS).write_text(PlannedJoins(joins=[]).model_dump_json())
    render_mix(ctx)
    check_mix(ctx)
    return folder


def based(job: MixtapeJob, **wishes: object) -> MixtapeJob:
    """The job, going on from one whose folder is called ``first``."""
    request = job.request.model_copy(update={"based_on": "first", **wishes})
    inputs = job.inputs.model_copy(update={"request": request, "earlier": view_of(FIRST)})
    return replace(job, inputs=inputs)


@pytest.fixture(scope="module")
def first(job: MixtapeJob, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mixed(job, tmp_path_factory.mktemp("jobs") / "first", FIRST)


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
def test_an_mp3_made_of_an_earlier_one_is_that_from_scratch_and_so_is_its_report(
    changed: str, job: MixtapeJob, first: Path, tmp_path: Path, played: list[int]
) -> None:
    plan = CHANGED[changed]
    anew = mixed(job, tmp_path / "anew", plan)
    assert sum(played) >= plan.length
    played.clear()
    again = mixed(based(job), first.parent / changed, plan)
    assert (again / MP3).read_bytes() == (anew / MP3).read_bytes()
    assert sum(played) < 0.8 * plan.length
    reports = [
        ReportView.model_validate_json((one / "report.json").read_bytes()) for one in (again, anew)
    ]
    # Filters start elsewhere and round otherwise; a figure of two places may tip to the next.
    assert reports[0].loudness_lufs == pytest.approx(reports[1].loudness_lufs, abs=0.011)
    assert reports[0].true_peak_dbtp == reports[1].true_peak_dbtp
    assert (again / "waveform.json").read_bytes() == (anew / "waveform.json").read_bytes()


def test_nothing_is_played_again_where_nothing_changed(
    job: MixtapeJob, first: Path, played: list[int]
) -> None:
    mixed(based(job), first.parent / "same", FIRST)
    assert sum(played) == 0


def test_a_mix_can_be_based_on_one_that_was_itself_based_on_another(
    job: MixtapeJob, first: Path, tmp_path: Path, played: list[int]
) -> None:
    mixed(based(job), first.parent / "second", LINEAR)
    played.clear()
    job_3 = based(job, based_on="second")
    inputs = job_3.inputs.model_copy(update={"earlier": view_of(LINEAR)})
    third = mixed(replace(job_3, inputs=inputs), first.parent / "third", FIRST)
    assert 0 < sum(played) < 0.8 * FIRST.length
    assert (third / MP3).read_bytes() == (first / MP3).read_bytes()


def no_trace(folder: Path) -> None:
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()


def torn(folder: Path) -> None:
    for name in (MP3, MEASURED):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])


def of_another_recipe(folder: Path) -> None:
    made = json.loads((folder / MADE).read_text())
    (folder / MADE).write_text(json.dumps({**made, "recipe": "other"}))


@pytest.mark.parametrize("spoil", [no_trace, torn, of_another_recipe])
def test_an_earlier_mix_that_cannot_be_used_is_made_anew_without_a_word(
    spoil, job: MixtapeJob, first: Path, tmp_path: Path, played: list[int]
) -> None:
    earlier = tmp_path / "first"
    earlier.mkdir()
    for name in (MP3, MADE, MEASURED):
        (earlier / name).write_bytes((first / name).read_bytes())
    spoil(earlier)
    again = mixed(based(job), tmp_path / "again", FIRST)
    assert sum(played) >= FIRST.length
    assert (again / MP3).read_bytes() == (first / MP3).read_bytes()


def test_another_bitrate_takes_nothing_over(
    job: MixtapeJob, first: Path, played: list[int]
) -> None:
    mixed(based(job, bitrate_kbps=192), first.parent / "192", FIRST)
    assert sum(played) >= FIRST.length
