"""The seconds round one join: the same sound as in the mix, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.contract.mixes import TimelineView
from backend.app.errors import InvalidRequest
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.services.earlier import EarlierMix
from backend.app.services.mix_files import TIMELINE
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob
from backend.app.services.mixtape_plan import plan_mix, planned
from backend.app.services.mixtape_sound import player_for
from backend.app.services.preview import (
    STEPS,
    PreviewJob,
)
from backend.app.services.preview_inputs import PreviewInputs, stretch_round
from backend.app.services.settling import settle_preview
from backend.app.store.blobs import ContentStore
from tests.render.mixes import decoded
from tests.sounds import SR, sine

from .tracks import context, put_track

JOIN_S = (32.0, 40.0)
PARTS = (("a", 331.0), ("b", 557.0))


class Shelf:
    """Stands for the earlier mixes: there is one."""

    def __init__(self, mix: EarlierMix) -> None:
        self.mix = mix

    def planned(self, user_id: str, job_id: str) -> EarlierMix:
        return self.mix


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[MixtapeJob, TimelineView]:
    """Two tracks of 40 s, joined by a crossfade of 8 s."""
    folder = tmp_path_factory.mktemp("mixed")
    store = ContentStore(folder / "storage")
    tracks = [put_track(store, folder, name, sine(40.0, hz)) for name, hz in PARTS]
    request = MixtapeRequest(tracks_upload_id="crate", bg_image_upload_id="gone")
    inputs = MixtapeInputs(request=request, title="Mix", tracks=tracks, picture="gone.png")
    job = MixtapeJob(inputs, store, find_ffmpeg(None), 2)
    ctx = context(job, folder / "job")
    plan_mix(ctx)
    text = ctx.workspace.path(TIMELINE).read_text()
    return job, TimelineView.model_validate_json(text)


def settled(mixed: tuple[MixtapeJob, TimelineView], **wishes: object) -> PreviewInputs:
    request = PreviewRequest.model_validate({"job_id": "j", "transition": 0, **wishes})
    shelf = Shelf(EarlierMix(mixed[0].inputs, mixed[1]))
    return settle_preview(shelf, "u", request)  # type: ignore[arg-type]


def test_a_preview_is_the_mix_from_before_the_join_until_after_it(mixed, tmp_path: Path) -> None:
    job = mixed[0]
    inputs = settled(mixed)
    assert inputs.mix.picture is None  # it may be gone by now, and is not heard
    assert inputs.stretch_s == (JOIN_S[0] - 12.0, JOIN_S[1] + 12.0)
    ctx = context(PreviewJob(inputs, job), tmp_path / "job")
    for step in STEPS:
        step.run(ctx)
    heard = decoded(ctx.workspace.path("preview.mp3"))
    player = player_for(job, planned(ctx.workspace), "mp3")
    start = round(inputs.stretch_s[0] * SR)
    asked = np.concatenate(list(player.play(start, start + 32 * SR)), axis=1)
    assert heard.shape == asked.shape
    # The encoder lets itself an error of -30 dB under pure tones; moved by 1 ms, which is 44
    # samples, the tones would differ by more than they themselves are
    error_db = 10 * np.log10(np.mean((heard - asked) ** 2) / np.mean(asked**2))
    assert error_db < -27.0


def test_a_long_join_is_heard_round_its_middle_and_no_preview_leaves_the_mix(mixed) -> None:
    view = mixed[1]
    [join] = view.transitions
    long = join.model_copy(update={"start_s": 20.0, "end_s": 52.0})
    assert stretch_round(long, view) == (16.0, 56.0)
    early = join.model_copy(update={"start_s": 4.0, "end_s": 8.0})
    assert stretch_round(early, view) == (0.0, 20.0)


def test_a_join_that_there_is_not_is_refused(mixed) -> None:
    with pytest.raises(InvalidRequest, match="no join 1"):
        settled(mixed, transition=1)


def as_dj(mixed: tuple[MixtapeJob, TimelineView]) -> tuple[MixtapeJob, TimelineView]:
    """The mix as if a DJ's joins had been asked for."""
    job, view = mixed
    request = job.request.model_copy(update={"transitions": "dj"})
    return replace(job, inputs=job.inputs.model_copy(update={"request": request})), view


def test_an_override_of_other_tracks_is_refused(mixed) -> None:
    with pytest.raises(InvalidRequest, match="other tracks"):
        settled(as_dj(mixed), override=PairChoice(outgoing="b", incoming="a").model_dump())


def test_an_override_in_a_mix_of_plain_crossfades_is_refused(mixed) -> None:
    choice = PairChoice(outgoing="a", incoming="b", kind="cut").model_dump()
    assert settled(as_dj(mixed), override=choice).request.override is not None
    with pytest.raises(InvalidRequest, match="plain crossfades"):
        settled(mixed, override=choice)
