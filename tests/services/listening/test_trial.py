"""A listening trial: two versions of a join, equally loud, in random order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import DjRules, PairChoice
from backend.app.contract.jobs import MixtapeRequest, TrackPick
from backend.app.contract.listening_request import ListeningRequest
from backend.app.dj.joins.figures.left_out import WHOLE_S
from backend.app.dj.timeline_json import view_of
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.errors import InvalidRequest
from backend.app.jobs.workspace import Workspace
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.services.listening.inputs import ListeningInputs
from backend.app.services.listening.pipeline import (
    NAMES,
    STEPS,
    ListeningJob,
    plan_versions,
)
from backend.app.services.listening.rendered import TRIAL, RenderedTrial
from backend.app.services.listening.versions import planner_of
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.planning.plan import plan_dj
from backend.app.services.tracks.analyse import analyse_track
from backend.app.services.tracks.decks import decks_of
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec
from tests.render.mixes import decoded
from tests.sounds import SR

from ..stored_tracks import context, put_track

WHOLE_TRACKS = [TrackPick(track_id=name, keep_whole=True) for name in "ab"]
ECHO = PairChoice(outgoing="a", incoming="b", kind="echo")
CUT = PairChoice(outgoing="a", incoming="b", kind="cut")


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> MixtapeJob:
    """Two songs, the second one 6 dB softer."""
    folder = tmp_path_factory.mktemp("studio")
    store = ContentStore(folder / "storage")
    specs = [
        SongSpec(style="house", tempo_bpm=bpm, key="A minor", seed=seed, bars=32)
        for seed, bpm in ((1, 122.0), (2, 124.5))
    ]
    tracks = []
    for letter, spec in zip("ab", specs, strict=True):
        sound = compose_song(spec).samples * np.float32(0.5 if letter == "b" else 1.0)
        tracks.append(put_track(store, folder, letter, sound))
        analyse_track(store, tracks[-1].content_hash)
    request = MixtapeRequest(tracks_upload_id="crate", transitions="dj")
    inputs = MixtapeInputs(request=request, title="Mix", tracks=tuple(tracks))
    return MixtapeJob(inputs, store, find_ffmpeg(None), workers=1)


@pytest.fixture(scope="module")
def inputs(mix: MixtapeJob) -> ListeningInputs:
    plan = plan_dj(mix, decks_of(mix.store, mix.inputs.tracks, whole=True))
    request = ListeningRequest(job_id="mix", transition=0)
    return ListeningInputs(request=request, mix=mix.inputs, timeline=view_of(plan.timeline))


@pytest.fixture(scope="module")
def rendered(mix: MixtapeJob, inputs: ListeningInputs, tmp_path_factory) -> Workspace:
    """A trial with the versions swapped."""
    ctx = context(ListeningJob(inputs, mix, swaps=lambda: True), tmp_path_factory.mktemp("trial"))
    for step in STEPS:
        step.run(ctx)
    return ctx.workspace


def lufs(path: Path) -> float:
    meter = LoudnessMeter()
    meter.push(decoded(path))
    return integrated_lufs(meter.energies)


def test_both_versions_are_equally_loud(rendered: Workspace) -> None:
    a, b = (lufs(rendered.path(name)) for name in NAMES)
    # level differences of 0.2 LU and more may decide a blind test
    assert a == pytest.approx(b, abs=0.1)
    trial = rendered.read_shape(TRIAL, RenderedTrial)
    for version, level in zip(trial.versions, (a, b), strict=True):
        assert version.lufs == pytest.approx(level, abs=0.1)
    assert max(version.gain_db for version in trial.versions) == 0.0  # only the louder is lowered


def test_versions_differ_in_sound_but_not_in_length(rendered: Workspace) -> None:
    a, b = (decoded(rendered.path(name)) for name in NAMES)
    assert a.shape == b.shape
    assert a.shape[1] > 20 * SR
    duration_s = rendered.read_shape(TRIAL, RenderedTrial).duration_s
    # the decoder may return the last frame's padding
    assert a.shape[1] / SR == pytest.approx(duration_s, abs=0.06)
    assert np.abs(a - b).max() > 0.1


def test_files_do_not_tell_which_version_is_which(rendered: Workspace) -> None:
    artifacts = [file for file in rendered.written if file.media_type]
    assert [file.name for file in artifacts] == list(NAMES)
    # constant bit rate; a frame more or less at the end
    assert artifacts[0].size == pytest.approx(artifacts[1].size, abs=1100)
    tags = [rendered.path(name).read_bytes()[:200] for name in NAMES]
    assert tags[0][:100] == tags[1][:100]


def test_other_version_is_the_best_of_another_kind_or_length(
    rendered: Workspace, inputs: ListeningInputs
) -> None:
    trial = rendered.read_shape(TRIAL, RenderedTrial)
    other, own = trial.versions  # swapped
    assert (other.origin, own.origin) == ("other", "mix")
    join = inputs.timeline.transitions[0]
    assert (own.kind, own.bars) == (join.kind, join.bars)
    assert (other.kind, other.bars) != (own.kind, own.bars)
    assert own.penalties != other.penalties
    assert sum(own.penalties.values()) <= sum(other.penalties.values())
    assert (trial.outgoing, trial.incoming) == ("A", "B")


@pytest.mark.parametrize("changes", [{"keep_whole": True}, {"tracks": WHOLE_TRACKS}])
def test_songs_to_be_kept_whole_lose_nothing_in_any_version(
    mix: MixtapeJob, changes: dict[str, object]
) -> None:
    request = mix.request.model_copy(update=changes)
    # With half of a song to spare, the best other version leaves some of it out.
    rules = DjRules(max_trim_share=0.5)
    whole = replace(mix, inputs=mix.inputs.model_copy(update={"request": request, "rules": rules}))
    plan = plan_dj(whole, decks_of(whole.store, whole.inputs.tracks, whole=True))
    asked = ListeningRequest(job_id="mix", transition=0)
    inputs = ListeningInputs(request=asked, mix=whole.inputs, timeline=view_of(plan.timeline))
    versions = planner_of(inputs.preview, whole).compared(None)
    assert max(max(one.version.trimmed_s) for one in versions) <= WHOLE_S


def test_requested_versions_are_compared(mix: MixtapeJob, inputs: ListeningInputs) -> None:
    planner = planner_of(inputs.preview, mix)
    first, second = planner.compared([ECHO, CUT])
    kinds = [(one.version.origin, one.version.kind) for one in (first, second)]
    assert kinds == [("first_choice", "echo"), ("second_choice", "cut")]
    assert [one.timeline.transitions[0].kind for one in (first, second)] == ["echo", "cut"]


def test_equal_versions_are_rejected(mix: MixtapeJob, inputs: ListeningInputs) -> None:
    with pytest.raises(InvalidRequest, match="the same join"):
        planner_of(inputs.preview, mix).compared([CUT, CUT])


def test_order_is_drawn_for_each_trial(
    mix: MixtapeJob, inputs: ListeningInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = planner_of(inputs.preview, mix).compared(None)
    planner = "backend.app.services.listening.versions.VersionPlanner.compared"
    monkeypatch.setattr(planner, lambda *_: versions)
    firsts = set()
    for number in range(40):  # all alike by chance: once in 5e11 runs
        ctx = context(ListeningJob(inputs, mix), tmp_path / str(number))
        plan_versions(ctx)
        text = ctx.workspace.path("versions.json").read_text()
        firsts.add("mix" if text.index('"mix"') < text.index('"other"') else "other")
    assert firsts == {"mix", "other"}
