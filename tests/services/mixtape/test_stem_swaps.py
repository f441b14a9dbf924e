"""A mixtape with a stem swap, and its preview."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.contract.mixes import ReportView, TimelineView
from backend.app.errors import InvalidRequest
from backend.app.jobs.messages import Done, Message, Noted, Order, StepFinished
from backend.app.jobs.runner import run_order
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.request_checks import require_consistent
from backend.app.services.preview.inputs import PreviewInputs, preview_range
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline, build_preview_pipeline
from tests.render.mixes import decoded
from tests.sounds import SR

from .house_songs import put_house_songs

CHOICE = {"outgoing": "a", "incoming": "b", "kind": "stem_swap", "bars": 8}


class Studio:
    """Two songs of 32 bars, and the jobs run on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(_env_file=None, storage_root=folder / "storage", render_workers=2)
        self.store = ContentStore(self.settings.storage_root)
        self.tracks = put_house_songs(self.store, folder, bars=32, tempos_bpm=(122.0, 124.5))
        request = MixtapeRequest(
            tracks_upload_id="crate",
            transitions="dj",
            stem_model="draft",
            overrides=[CHOICE],
            formats=["flac"],
        )
        self.inputs = MixtapeInputs(request=request, title="Mix", tracks=self.tracks)

    def run(self, name: str, inputs: MixtapeInputs | PreviewInputs) -> list[Message]:
        is_preview = isinstance(inputs, PreviewInputs)
        build = build_preview_pipeline if is_preview else build_mixtape_pipeline
        messages: list[Message] = []
        order = Order(
            job_id=name,
            pipeline="",
            inputs=inputs.model_dump_json(),
            work_s=240.0,
            workspace=str(self.folder / name),
            attempt=1,
            finished=[],
        )
        run_order(order, build(self.settings), messages.append)
        assert isinstance(messages[-1], Done), messages[-1]
        return messages

    def stems(self) -> dict[str, int]:
        """Names and inodes of the cached stems; a stem made again has another inode."""
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


def test_swap_is_planned_separated_rendered_and_reported(
    studio: Studio, mixed: list[Message]
) -> None:
    steps = [message.step for message in mixed if isinstance(message, StepFinished)]
    assert steps[1:5] == ["planning", "checking_joins", "separating_stems", "stretching"]
    notes = [message.text for message in mixed if isinstance(message, Noted)]
    assert any("draft" in note for note in notes)
    report = ReportView.model_validate_json((studio.folder / "mix" / "report.json").read_text())
    (join,) = report.transitions
    assert (join.kind, join.bars, join.proposed_by) == ("stem_swap", 8, "you")
    assert join.beat_error_ms is not None
    assert join.beat_error_ms < 10.0
    assert join.vocal_overlap_s == 0.0


def test_only_the_join_is_separated(studio: Studio, mixed: list[Message]) -> None:
    (join,) = timeline(studio).transitions
    swapped_s = join.end_s - join.start_s
    assert len(studio.stems()) == 8  # four of each track
    for clip in timeline(studio).clips:
        (faders,) = clip.stem_faders
        # Two more seconds on either side; the tempo may change by six percent.
        assert faders.source_end_s - faders.source_start_s < 1.06 * swapped_s + 4.1


def test_same_join_in_another_mix_reuses_the_stems(studio: Studio, mixed: list[Message]) -> None:
    before = studio.stems()
    messages = studio.run("again", studio.inputs)
    assert studio.stems() == before
    assert any(isinstance(m, StepFinished) and m.step == "separating_stems" for m in messages)


def test_preview_of_a_swap_sounds_like_the_mix(studio: Studio, mixed: list[Message]) -> None:
    view = timeline(studio)
    request = PreviewRequest(job_id="mix", transition=0)
    studio.run("preview", PreviewInputs(request=request, mix=studio.inputs, timeline=view))
    sound = decoded(studio.folder / "preview" / "preview.mp3")
    whole = decoded(studio.folder / "mix" / "mix.flac")
    start = round(preview_range(view.transitions[0], view)[0] * SR)
    part = whole[:, start : start + sound.shape[1]]
    middle = slice(10 * SR, 12 * SR)
    likeness = np.corrcoef(sound[0, middle], part[0, middle])[0, 1]
    assert likeness > 0.99  # an MP3 and a FLAC of the same samples, with different limiter ceilings


def test_swap_without_a_separator_is_rejected() -> None:
    request = MixtapeRequest(tracks_upload_id="c", transitions="dj", overrides=[CHOICE])
    with pytest.raises(InvalidRequest, match="separates stems"):
        require_consistent(request, ["a", "b"])
    plain = MixtapeRequest(tracks_upload_id="c", stem_model="draft")
    with pytest.raises(InvalidRequest, match="stem_model"):
        require_consistent(plain, ["a", "b"])
