"""The runner, called in this process."""

import errno
import time
from dataclasses import replace
from threading import Barrier, Event

import pytest

from backend.app.errors import RejectedFile
from backend.app.jobs.messages import (
    MESSAGE,
    ORDER,
    Done,
    Failed,
    Message,
    Order,
    Planned,
    Progressed,
    Retitled,
    StepFinished,
    StepStarted,
)
from backend.app.jobs.pipeline import Pipeline, Step
from backend.app.jobs.runner import Progress, failure_of, run_order
from backend.app.jobs.states import FinishedStep
from tests.patience import PATIENCE_S


def attempt(tmp_path, steps, finished=(), attempt=1) -> list[Message]:
    order = Order("job", "-", "{}", 10.0, str(tmp_path / "job"), attempt, list(finished))
    sent: list[Message] = []
    run_order(order, Pipeline(lambda inputs: inputs, tuple(steps)), sent.append)
    return sent


def writes(name: str, content: bytes) -> Step[str]:
    def run(context):
        with context.workspace.write(f"{name}.bin") as path:
            path.write_bytes(content)

    return Step(name, run)


def finished(sent: list[Message]) -> list[FinishedStep]:
    return [FinishedStep(m.step, tuple(m.files)) for m in sent if isinstance(m, StepFinished)]


def begun(sent: list[Message]) -> list[str]:
    return [m.step for m in sent if isinstance(m, StepStarted)]


def test_steps_run_in_order_and_report_files(tmp_path):
    sent = attempt(tmp_path, [writes("a", b"1"), writes("b", b"2")])
    assert isinstance(sent[0], Planned)
    assert begun(sent) == ["a", "b"]
    assert [[file.name for file in step.files] for step in finished(sent)] == [["a.bin"], ["b.bin"]]
    assert sent[-1] == Done()


def test_title_that_a_step_decides_is_sent(tmp_path):
    sent = attempt(tmp_path, [Step("a", lambda ctx: ctx.part(0.0, 0.5).retitle("Two"))])
    assert Retitled("Two") in [MESSAGE.validate_json(MESSAGE.dump_json(one)) for one in sent]


def test_unneeded_step_is_not_planned(tmp_path):
    unneeded = Step("c", lambda context: None, when=lambda job: job == "other")
    sent = attempt(tmp_path, [writes("a", b"1"), unneeded])
    assert isinstance(sent[0], Planned)
    assert [step.name for step in sent[0].steps] == ["a"]


def test_plan_states_each_steps_pace(tmp_path):
    sent = attempt(tmp_path, [Step("a", lambda context: None, pace=lambda job: f"as {job}")])
    assert isinstance(sent[0], Planned)
    assert [step.pace for step in sent[0].steps] == ["as {}"]


def test_finished_steps_with_intact_files_are_skipped(tmp_path):
    steps = [writes("a", b"1"), writes("b", b"2"), writes("c", b"3")]
    done = finished(attempt(tmp_path, steps))
    assert begun(attempt(tmp_path, steps, done[:2])) == ["c"]


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(b"9")])
def test_steps_from_damaged_file_on_run_again(tmp_path, harm):
    steps = [writes("a", b"1"), writes("b", b"2"), writes("c", b"3")]
    done = finished(attempt(tmp_path, steps))
    harm(tmp_path / "job" / "b.bin")
    assert begun(attempt(tmp_path, steps, done)) == ["b", "c"]
    assert (tmp_path / "job" / "b.bin").read_bytes() == b"2"


def test_step_without_files_runs_again_until_job_ends(tmp_path):
    elsewhere = tmp_path / "stem"
    makes = Step("makes", lambda context: elsewhere.write_bytes(b"1"))

    def run(context):
        with context.workspace.write("c.bin") as path:
            path.write_bytes(elsewhere.read_bytes())

    steps = [writes("a", b"1"), makes, Step("c", run)]
    done = finished(attempt(tmp_path, steps[:2]))
    elsewhere.unlink()  # cleanup deletes it
    sent = attempt(tmp_path, steps, done)
    assert begun(sent) == ["makes", "c"]
    assert sent[-1] == Done()
    assert isinstance(sent[0], Planned)
    assert [step.kept for step in sent[0].steps] == [True, False, False]
    assert begun(attempt(tmp_path, steps, finished(sent) + done)) == []


def beside(step: Step[str]) -> Step[str]:
    return replace(step, together="end")


def test_steps_of_a_group_run_at_the_same_time(tmp_path):
    met = Barrier(2, timeout=PATIENCE_S)

    def meets(name):
        def run(context):
            met.wait()
            with context.workspace.write(f"{name}.bin") as path:
                path.write_bytes(name.encode())

        return beside(Step(name, run))

    steps = [writes("a", b"1"), meets("b"), meets("c"), writes("d", b"4")]
    sent = attempt(tmp_path, steps)
    assert sent[-1] == Done()
    assert begun(sent)[0] == "a"
    assert begun(sent)[-1] == "d"
    files = {step.name: [file.name for file in step.files] for step in finished(sent)}
    assert files == {name: [f"{name}.bin"] for name in "abcd"}


def test_finished_step_of_a_group_is_not_repeated(tmp_path):
    steps = [
        writes("a", b"1"),
        *map(beside, (writes("b", b"2"), writes("c", b"3"))),
        writes("d", b"4"),
    ]
    done = finished(attempt(tmp_path, steps))
    by_name = {step.name: step for step in done}
    assert begun(attempt(tmp_path, steps, [by_name["a"], by_name["c"]])) == ["b", "d"]
    assert begun(attempt(tmp_path, steps, [by_name["a"], by_name["b"]])) == ["c", "d"]
    (tmp_path / "job" / "c.bin").write_bytes(b"9")
    again = attempt(tmp_path, steps, [by_name["a"], by_name["c"]])
    assert sorted(begun(again)) == ["b", "c", "d"]
    assert (tmp_path / "job" / "c.bin").read_bytes() == b"3"


def test_failing_step_stops_the_one_beside_it(tmp_path):
    started = Event()

    def fails(context):
        started.wait(PATIENCE_S)
        raise RejectedFile("No.", code="no")

    def goes_on(context):
        started.set()
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            context.progress(0.5)
            time.sleep(0.01)
        raise AssertionError("not stopped")

    sent = attempt(tmp_path, [beside(Step("a", fails)), beside(Step("b", goes_on))])
    assert isinstance(sent[-1], Failed)
    assert sent[-1].failure.code == "no"
    assert finished(sent) == []


def test_failed_step_leaves_no_file(tmp_path):
    def run(context):
        with context.workspace.write("a.bin") as path:
            path.write_bytes(b"half")
            raise RejectedFile("No.", code="no")

    [*_, last] = attempt(tmp_path, [Step("a", run)])
    assert isinstance(last, Failed)
    assert last.failure.code == "no"
    assert [path for path in (tmp_path / "job").rglob("*") if path.is_file()] == []


def test_scratch_folders_last_until_job_ends(tmp_path):
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


def test_unexpected_error_is_logged_and_hidden(caplog):
    failure = failure_of(KeyError("the secret"))
    assert failure.code == "internal"
    assert "secret" not in failure.message + failure.hint
    assert "the secret" in caplog.text


def test_full_disk_is_retryable():
    for number in (errno.ENOSPC, errno.EDQUOT):
        failure = failure_of(OSError(number, "full"))
        assert (failure.code, failure.retryable) == ("storage_full", True)


def test_read_only_disk_is_retryable():
    failure = failure_of(OSError(errno.EROFS, "read-only"))
    assert (failure.code, failure.retryable) == ("not_writable", True)
    assert "STORAGE_ROOT" in failure.hint


def test_lack_of_memory_is_retryable():
    failure = failure_of(MemoryError())
    assert (failure.code, failure.retryable) == ("out_of_memory", True)


def test_progress_is_sent_five_times_a_second_and_never_falls():
    now, sent = [0.0], []
    progress = Progress("a", sent.append, clock=lambda: now[0])
    for i in range(101):
        now[0] = i / 100
        progress(i / 100 if i % 2 else 0.1)
    assert 4 <= len(sent) <= 6
    fractions = [message.fraction for message in sent]
    assert fractions == sorted(set(fractions))
    now[0] = 2.0
    progress(7.0)
    assert sent[-1].fraction == 1.0


def test_early_detail_is_sent_with_next_update():
    now, sent = [0.0], []
    progress = Progress("a", sent.append, clock=lambda: now[0])
    progress.say("track 1 of 2")
    progress.say("track 2 of 2")
    now[0] = 1.0
    progress(0.0)
    progress.say("track 2 of 2")
    assert [message.detail for message in sent] == ["track 1 of 2", "track 2 of 2"]


def test_messages_round_trip_through_json(tmp_path):
    for message in [*attempt(tmp_path, [writes("a", b"1")]), Progressed("a", 0.5, "half")]:
        assert MESSAGE.validate_json(MESSAGE.dump_json(message)) == message
    order = Order("j", "m:f", '{"ü": 1}', 1.5, "/w", 2, [FinishedStep("a", ())])
    assert ORDER.validate_json(ORDER.dump_json(order)) == order
