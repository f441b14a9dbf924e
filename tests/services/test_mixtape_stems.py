"""A mixtape with a stem swap, from its request to its files; and what of it a preview plays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.contract.mixes import ReportView, TimelineView
from backend.app.errors import InvalidRequest
from backend.app.jobs.messages import Done, Message, Noted, Order, StepFinished
from backend.app.jobs.runner import run_order
from backend.app.services.mixtape import mixtape_pipeline
from backend.app.services.mixtape_inputs import MixtapeInputs
from backend.app.services.mixtape_wishes import expect_sense
from backend.app.services.preview import preview_pipeline
from backend.app.services.preview_inputs import PreviewInputs, stretch_round
from backend.app.settings import Settings
from backend.app.store.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec
from tests.render.mixes import decoded
from tests.sounds import SR

from .tracks import put_track

WISH = {"outgoing": "a", "incoming": "b", "kind": "stem_swap", "bars": 8}


class Studio:
    """Two songs of 40 bars each, and the jobs that are run on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(_env_file=None, storage_root=folder / "storage", render_workers=2)
        self.store = ContentStore(self.settings.storage_root)
        specs = [
            SongSpec(style="house", tempo_bpm=bpm, key="A minor", seed=seed, bars=40)
            for seed, bpm in ((1, 122.0), (2, 124.5))
        ]
        self.tracks = [
            put_track(self.store, folder, letter, compose_song(spec).samples)
            for letter, spec in zip("ab", specs, strict=True)
        ]
        request = MixtapeRequest(
            tracks_upload_id="crate",
            transitions="dj",
            stem_model="draft",
            overrides=[WISH],
            formats=["flac"],
        )
        self.inputs = MixtapeInputs(request=request, title="Mix", tracks=self.tracks)

    def run(self, name: str, inputs: MixtapeInputs | PreviewInputs) -> list[Message]:
        kind = preview_pipeline if isinstance(inputs, PreviewInputs) else mixtape_pipeline
        told: list[Message] = []
        order = Order(
            job_id=name,
            pipeline="",
            inputs=inputs.model_dump_json(),
            work_s=240.0,
            workspace=str(self.folder / name),
            attempt=1,
            finished=[],
        )
        run_order(order, kind(self.settings), told.append)
        assert isinstance(told[-1], Done), told[-1]
        return told

    def stems(self) -> dict[str, int]:
        """The files that are kept: made anew, they would be others of the same name."""
        found = self.settings.storage_root.rglob("stem-*.flac")
        return {path.name: path.stat().st_ino for path in found}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="module")
def mixed(studio: Studio) -> list[Message]:
    return studio.run("mix", studio.inputs)


def timeline(studio: Studio, job: str = "mix") -> TimelineView:
    return TimelineView.model_validate_json((studio.folder / job / "timeline.json").read_text())


def test_a_swap_is_planned_taken_apart_rendered_and_told(
    studio: Studio, mixed: list[Message]
) -> None:
    steps = [message.step for message in mixed if isinstance(message, StepFinished)]
    assert steps[1:4] == ["planning", "separating_stems", "stretching"]
    notes = [message.text for message in mixed if isinstance(message, Noted)]
    assert any("draft" in note for note in notes)
    report = ReportView.model_validate_json((studio.folder / "mix" / "report.json").read_text())
    (join,) = report.transitions
    assert (join.kind, join.bars, join.proposed_by) == ("stem_swap", 8, "you")
    assert join.beat_error_ms is not None
    assert join.beat_error_ms < 10.0
    assert join.vocal_overlap_s == 0.0


def test_only_what_is_heard_in_the_join_is_taken_apart(
    studio: Studio, mixed: list[Message]
) -> None:
    (join,) = timeline(studio).transitions
    swapped_s = join.end_s - join.start_s
    assert len(studio.stems()) == 8  # four of each track
    for clip in timeline(studio).clips:
        (faders,) = clip.stem_faders
        # Two seconds more on either side; a tempo may be bent by six percent
        assert faders.source_end_s - faders.source_start_s < 1.06 * swapped_s + 4.1


def test_another_mix_with_the_same_join_takes_nothing_apart(
    studio: Studio, mixed: list[Message]
) -> None:
    before = studio.stems()
    told = studio.run("again", studio.inputs)
    assert studio.stems() == before
    assert any(isinstance(m, StepFinished) and m.step == "separating_stems" for m in told)


def test_a_preview_of_a_swap_plays_what_the_mix_plays(studio: Studio, mixed: list[Message]) -> None:
    view = timeline(studio)
    request = PreviewRequest(job_id="mix", transition=0)
    studio.run("preview", PreviewInputs(request=request, mix=studio.inputs, timeline=view))
    heard = decoded(studio.folder / "preview" / "preview.mp3")
    whole = decoded(studio.folder / "mix" / "mix.flac")
    start = round(stretch_round(view.transitions[0], view)[0] * SR)
    part = whole[:, start : start + heard.shape[1]]
    middle = slice(10 * SR, 12 * SR)
    likeness = np.corrcoef(heard[0, middle], part[0, middle])[0, 1]
    assert likeness > 0.99  # an MP3 beside a FLAC of the same samples, at two limiters' ceilings


def test_a_swap_that_nobody_can_make_is_refused_when_it_is_asked_for() -> None:
    request = MixtapeRequest(tracks_upload_id="c", transitions="dj", overrides=[WISH])
    with pytest.raises(InvalidRequest, match="takes the tracks apart"):
        expect_sense(request, ["a", "b"])
    plain = MixtapeRequest(tracks_upload_id="c", stem_model="draft")
    with pytest.raises(InvalidRequest, match="stem_model"):
        expect_sense(plain, ["a", "b"])
