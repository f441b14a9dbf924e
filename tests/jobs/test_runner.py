"""The child's side, without a child."""

import errno

import pytest

from backend.app.errors import RejectedFile
from backend.app.jobs.messages import (
    Done,
    Failed,
    Message,
    Order,
    Planned,
    Progressed,
    StepFinished,
    StepStarted,
    line_of,
    message_of,
    order_from_json,
    order_to_json,
)
from backend.app.jobs.pipeline import Pipeline, Step
from backend.app.jobs.runner import Progress, failure_of, run_order
from backend.app.jobs.states import FinishedStep


def attempt(tmp_path, steps, finished=(), attempt=1) -> list[Message]:
    order = Order("job", "-", "{}", 10.0, str(tmp_path / "job"), attempt, list(finished))
    told: list[Message] = []
    run_order(order, Pipeline(lambda inputs: inputs, tuple(steps)), told.append)
    return told


def writes(name: str, content: bytes) -> Step[str]:
    def run(context):
        with context.workspace.write(f"{name}.bin") as path:
            path.write_bytes(content)

    return Step(name, run)


def finished(told: list[Message]) -> list[FinishedStep]:
    return [FinishedStep(m.step, tuple(m.files)) for m in told if isinstance(m, StepFinished)]


def begun(told: list[Message]) -> list[str]:
    return [m.step for m in told if isinstance(m, StepStarted)]


def test_steps_run_in_order_and_tell_of_their_files(tmp_path):
    told = attempt(tmp_path, [writes("a", b"1"), writes("b", b"2")])
    assert isinstance(told[0], Planned)
    assert begun(told) == ["a", "b"]
    assert [[file.name for file in step.files] for step in finished(told)] == [["a.bin"], ["b.bin"]]
    assert told[-1] == Done()


def test_a_step_this_job_does_not_need_is_not_planned(tmp_path):
    unneeded = Step("c", lambda context: None, when=lambda job: job == "other")
    told = attempt(tmp_path, [writes("a", b"1"), unneeded])
    assert isinstance(told[0], Planned)
    assert [step.name for step in told[0].steps] == ["a"]


def test_a_step_tells_what_its_speed_hangs_on(tmp_path):
    told = attempt(tmp_path, [Step("a", lambda context: None, pace=lambda job: f"as {job}")])
    assert isinstance(told[0], Planned)
    assert [step.pace for step in told[0].steps] == ["as {}"]


def test_finished_steps_are_kept_while_their_files_stand(tmp_path):
    steps = [writes("a", b"1"), writes("b", b"2"), writes("c", b"3")]
    done = finished(attempt(tmp_path, steps))
    assert begun(attempt(tmp_path, steps, done[:2])) == ["c"]


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(b"9")])
def test_from_a_harmed_file_on_all_steps_are_run_again(tmp_path, harm):
    steps = [writes("a", b"1"), writes("b", b"2"), writes("c", b"3")]
    done = finished(attempt(tmp_path, steps))
    harm(tmp_path / "job" / "b.bin")
    assert begun(attempt(tmp_path, steps, done)) == ["b", "c"]
    assert (tmp_path / "job" / "b.bin").read_bytes() == b"2"


def test_a_step_that_keeps_what_it_makes_elsewhere_looks_after_it_while_anything_is_left(tmp_path):
    elsewhere = tmp_path / "stem"
    makes = Step("makes", lambda context: elsewhere.write_bytes(b"1"))

    def run(context):
        with context.workspace.write("c.bin") as path:
            path.write_bytes(elsewhere.read_bytes())

    steps = [writes("a", b"1"), makes, Step("c", run)]
    done = finished(attempt(tmp_path, steps[:2]))
    elsewhere.unlink()  # swept, a week later
    told = attempt(tmp_path, steps, done)
    assert begun(told) == ["makes", "c"]
    assert told[-1] == Done()
    assert isinstance(told[0], Planned)
    assert [step.kept for step in told[0].steps] == [True, False, False]
    assert begun(attempt(tmp_path, steps, finished(told) + done)) == []


def test_a_step_that_breaks_off_leaves_no_file_under_its_name(tmp_path):
    def run(context):
        with context.workspace.write("a.bin") as path:
            path.write_bytes(b"half")
            raise RejectedFile("No.", code="no")

    [*_, last] = attempt(tmp_path, [Step("a", run)])
    assert isinstance(last, Failed)
    assert last.failure.code == "no"
    assert [path for path in (tmp_path / "job").rglob("*") if path.is_file()] == []


def test_what_steps_put_aside_lasts_until_the_job_is_through(tmp_path):
    seen = []

    def run(context):
        kept = context.workspace.scratch("pieces") / "piece"
        seen.append(kept.exists())
        kept.write_bytes(b"1")
        if len(seen) == 1:
            raise RejectedFile("No.", code="no")

    for _ in range(2):
        attempt(tmp_path, [Step("a", run), writes("b", b"2")])
    assert seen == [False, True]
    assert [path.name for path in (tmp_path / "job").rglob("*")] == ["b.bin"]


def test_an_unexpected_error_is_logged_and_not_shown(caplog):
    failure = failure_of(KeyError("the secret"))
    assert failure.code == "internal"
    assert "secret" not in failure.message + failure.hint
    assert "the secret" in caplog.text


def test_a_full_disk_is_worth_a_retry():
    for number in (errno.ENOSPC, errno.EDQUOT):
        failure = failure_of(OSError(number, "full"))
        assert (failure.code, failure.retryable) == ("storage_full", True)


def test_progress_is_told_five_times_a_second_and_never_backwards():
    now, told = [0.0], []
    progress = Progress("a", told.append, clock=lambda: now[0])
    for i in range(101):
        now[0] = i / 100
        progress(i / 100 if i % 2 else 0.1)
    assert 4 <= len(told) <= 6
    fractions = [message.fraction for message in told]
    assert fractions == sorted(set(fractions))
    progress(7.0)
    assert all(message.fraction <= 1.0 for message in told)


def test_words_that_came_too_soon_go_out_with_the_next_news():
    now, told = [0.0], []
    progress = Progress("a", told.append, clock=lambda: now[0])
    progress.say("track 1 of 2")
    progress.say("track 2 of 2")
    now[0] = 1.0
    progress(0.0)
    progress.say("track 2 of 2")
    assert [message.detail for message in told] == ["track 1 of 2", "track 2 of 2"]


def test_messages_survive_the_wire(tmp_path):
    for message in [*attempt(tmp_path, [writes("a", b"1")]), Progressed("a", 0.5, "half")]:
        assert message_of(line_of(message)) == message
    order = Order("j", "m:f", '{"ü": 1}', 1.5, "/w", 2, [FinishedStep("a", ())])
    assert order_from_json(order_to_json(order)) == order
