"""A mixtape whose beat grid is wrong gets no beat-matched join, and says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.analysis.result_files import save_json
from backend.app.contract.dj import DjRules, TransitionReport
from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.mixes import ReportView
from backend.app.dj.joins.candidates import MATCHED
from backend.app.jobs.messages import Done, FinishedStep, Message, Noted, Order, StepFinished
from backend.app.jobs.runner import run_order
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.join_checks.figures import CHECKED_FIGURES
from backend.app.services.mixtape.planning.stored_wishes import WISHES
from backend.app.services.mixtape.reuse.mp3 import StoredJoinFigures
from backend.app.services.tracks.analyse import analyse_track
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from bench.sets.wrong_grids import changed, half_a_beat_late

from ..house_songs import put_house_songs

DEFAULT_RULES = DjRules()
BLEND = {"outgoing": "a", "incoming": "b", "kind": "blend", "bars": 16}


class Studio:
    """Two songs that blend well, and the jobs run on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(_env_file=None, storage_root=folder / "storage", render_workers=2)
        self.store = ContentStore(self.settings.storage_root)
        self.tracks = put_house_songs(self.store, folder, bars=64, tempos_bpm=(122.0, 124.0))

    def shift_grid(self) -> None:
        """Store an analysis of the second track that is half a beat late."""
        content = self.tracks[1].content_hash
        right = analyse_track(self.store, content)
        (cached,) = self.store.derived(content, "x").parent.glob("analysis-*.json")
        save_json(changed(right, half_a_beat_late), cached)

    def order(self, name: str, *, rules: DjRules = DEFAULT_RULES, **options: object) -> Order:
        request = MixtapeRequest(
            tracks_upload_id="crate", transitions="dj", formats=["flac"], **options
        )
        inputs = MixtapeInputs(request=request, title="Mix", tracks=self.tracks, rules=rules)
        return Order(
            job_id=name,
            pipeline="",
            inputs=inputs.model_dump_json(),
            work_s=240.0,
            workspace=str(self.folder / name),
            attempt=1,
            finished=[],
        )

    def run(self, order: Order) -> list[Message]:
        messages: list[Message] = []
        run_order(order, build_mixtape_pipeline(self.settings), messages.append)
        assert isinstance(messages[-1], Done), messages[-1]
        return messages

    def mix(
        self, name: str, *, rules: DjRules = DEFAULT_RULES, **options: object
    ) -> tuple[TransitionReport, list[Message]]:
        """Run a job; return the report of its only join."""
        messages = self.run(self.order(name, rules=rules, **options))
        text = (self.folder / name / "report.json").read_text()
        (join,) = ReportView.model_validate_json(text).transitions
        return join, messages


def notes_of(messages: list[Message]) -> list[str]:
    return [message.text for message in messages if isinstance(message, Noted)]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("right"))


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = Studio(tmp_path_factory.mktemp("shifted"))
    studio.shift_grid()
    return studio


def test_right_grids_keep_their_blend(studio: Studio) -> None:
    join, messages = studio.mix("mix")
    assert join.kind in MATCHED
    assert abs(join.beats_apart_ms or 99.0) < 15.0
    assert not [note for note in notes_of(messages) if "in the sound" in note]
    assert "in the sound" not in join.reason


def test_grid_half_a_beat_late_gets_no_beat_matched_join(shifted: Studio) -> None:
    join, messages = shifted.mix("mix")
    assert join.kind not in {*MATCHED, "cut"}
    story = f"(half a beat); took a{'n' if join.kind == 'echo' else ''} {join.kind}."
    assert story in join.reason
    assert "apart in the sound" in join.reason
    (note,) = [note for note in notes_of(messages) if "in the sound" in note]
    assert note.startswith("“A” → “B”: blend of ")
    assert note.endswith(story)
    rungs = {rung.kind: rung.reason for rung in join.ladder}
    assert "apart in the sound" in rungs["blend"]


def test_without_checks_the_report_still_says_it(shifted: Studio) -> None:
    join, messages = shifted.mix("unchecked", check_joins="off")
    assert join.kind in MATCHED
    assert (join.beat_error_ms or 0.0) < 35.0
    assert "(half a beat)" in join.reason
    assert "checking_joins" not in {m.step for m in messages if isinstance(m, StepFinished)}


def test_join_chosen_by_the_user_is_reported_but_stays(shifted: Studio) -> None:
    join, messages = shifted.mix("chosen", overrides=[BLEND])
    assert (join.kind, join.bars, join.proposed_by) == ("blend", 16, "you")
    assert "(half a beat)" in join.reason
    assert [note for note in notes_of(messages) if note.startswith("“A” → “B”: blend of 16 bars: ")]


def test_thorough_checks_listen_to_three_candidates(studio: Studio) -> None:
    # If more may be left out, there is more than one place to blend at.
    rules = DjRules(max_trim_share=0.4)
    join, _ = studio.mix("thorough", rules=rules, check_joins="thorough")
    stored = (studio.folder / "thorough" / CHECKED_FIGURES).read_text()
    assert len(StoredJoinFigures.model_validate_json(stored).by_key) == 3
    assert join.kind in MATCHED


def test_repeated_check_writes_the_same_files(shifted: Studio) -> None:
    first = shifted.order("repeated")
    messages = shifted.run(first)
    finished = [
        FinishedStep(message.step, tuple(message.files))
        for message in messages
        if isinstance(message, StepFinished) and message.step in ("analysing", "planning")
    ]
    folder = shifted.folder / "repeated"
    names = ("timeline.json", "joins.json", CHECKED_FIGURES, WISHES)
    before = {name: (folder / name).read_bytes() for name in names}
    again = shifted.run(replace(first, attempt=2, finished=finished))
    assert "planning" not in [m.step for m in again if isinstance(m, StepFinished)]
    assert {name: (folder / name).read_bytes() for name in names} == before
