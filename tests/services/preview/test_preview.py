"""A preview sounds like its join in the mix."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.contract.mixes import TimelineView
from backend.app.errors import InvalidRequest
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.services.files.artifacts import read_timeline
from backend.app.services.files.names import TIMELINE
from backend.app.services.mixtape.base import BaseMix
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.planning.plan import plan_mix
from backend.app.services.mixtape.render import player_for
from backend.app.services.preview.inputs import PreviewInputs, preview_range
from backend.app.services.preview.pipeline import STEPS, PreviewJob
from backend.app.services.preview.resolve import resolve_preview
from backend.app.store.files.blobs import ContentStore
from tests.render.mixes import decoded
from tests.sounds import SR, sine

from ..stored_tracks import context, put_track

JOIN_S = (32.0, 40.0)
PARTS = (("a", 331.0), ("b", 557.0))


class OneMix:
    """A stand-in for :class:`BaseMixes` with a single mix."""

    def __init__(self, mix: BaseMix) -> None:
        self.mix = mix

    def find(self, user_id: str, job_id: str) -> BaseMix:
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


def resolved(mixed: tuple[MixtapeJob, TimelineView], **options: object) -> PreviewInputs:
    request = PreviewRequest.model_validate({"job_id": "j", "transition": 0, **options})
    mixes = OneMix(BaseMix(mixed[0].inputs, mixed[1]))
    return resolve_preview(mixes, "u", request)  # type: ignore[arg-type]


def test_preview_is_the_mix_around_the_join(mixed, tmp_path: Path) -> None:
    job = mixed[0]
    inputs = resolved(mixed)
    assert inputs.mix.picture is None  # the picture may be deleted by now
    start_s, end_s = preview_range(inputs.timeline.transitions[0], inputs.timeline)
    assert (start_s, end_s) == (JOIN_S[0] - 12.0, JOIN_S[1] + 12.0)
    assert inputs.duration_s == 32.0
    ctx = context(PreviewJob(inputs, job), tmp_path / "job")
    for step in STEPS:
        step.run(ctx)
    sound = decoded(ctx.workspace.path("preview.mp3"))
    player = player_for(job, read_timeline(ctx.workspace), "mp3")
    start = round(start_s * SR)
    expected = np.concatenate(list(player.play(start, start + 32 * SR)), axis=1)
    assert sound.shape == expected.shape
    # The encoder's error is -30 dB below pure tones; with a shift of 1 ms (44 samples), the
    # difference would be louder than the tones.
    error_db = 10 * np.log10(np.mean((sound - expected) ** 2) / np.mean(expected**2))
    assert error_db < -27.0


def test_long_join_is_centred_and_preview_stays_inside_the_mix(mixed) -> None:
    view = mixed[1]
    [join] = view.transitions
    long = join.model_copy(update={"start_s": 20.0, "end_s": 52.0})
    assert preview_range(long, view) == (16.0, 56.0)
    early = join.model_copy(update={"start_s": 4.0, "end_s": 8.0})
    assert preview_range(early, view) == (0.0, 20.0)


def test_unknown_join_is_rejected(mixed) -> None:
    with pytest.raises(InvalidRequest, match="no join 1"):
        resolved(mixed, transition=1)


def as_dj(mixed: tuple[MixtapeJob, TimelineView]) -> tuple[MixtapeJob, TimelineView]:
    """The same mix with a request for a DJ's joins."""
    job, view = mixed
    request = job.request.model_copy(update={"transitions": "dj"})
    return replace(job, inputs=job.inputs.model_copy(update={"request": request})), view


def test_override_of_other_tracks_is_rejected(mixed) -> None:
    with pytest.raises(InvalidRequest, match="other tracks"):
        resolved(as_dj(mixed), override=PairChoice(outgoing="b", incoming="a").model_dump())


def test_override_of_plain_crossfades_is_rejected(mixed) -> None:
    choice = PairChoice(outgoing="a", incoming="b", kind="cut").model_dump()
    assert resolved(as_dj(mixed), override=choice).request.override is not None
    with pytest.raises(InvalidRequest, match="plain crossfades"):
        resolved(mixed, override=choice)
