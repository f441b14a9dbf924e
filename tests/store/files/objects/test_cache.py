"""Local copies of objects: fetched once, verified, sent once, evicted by use."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.app.errors import StorageDown
from backend.app.jobs.cache_uses import CACHE_USES, CacheUse
from backend.app.jobs.messages import Done, Message, Order, Paused, StepFinished, StepStarted
from backend.app.jobs.pipeline import Pipeline, Step, StepContext
from backend.app.jobs.runner import run_order
from backend.app.jobs.states import FinishedStep
from backend.app.store.files.blobs import ContentStore
from backend.app.store.files.objects import cache as cache_module
from backend.app.store.files.objects.cache import ObjectCache
from backend.app.store.files.objects.evict import Eviction
from backend.app.store.files.objects.folder import FolderObjects
from backend.app.store.files.objects.port import LinkTerms, ObjectInfo
from backend.app.store.files.workspaces import Workspaces

CONTENT = "ab" + "0" * 62
JOB = "1" * 32
HOUR_S = 3600.0


@dataclass
class Scripted:
    """A folder of objects that counts its calls, and damages as many fetches as asked for."""

    objects: FolderObjects
    calls: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    down: bool = False

    def put(self, key: str, file: Path, sha256: str) -> None:
        self._call("put")
        self.objects.put(key, file, sha256)

    def fetch(self, key: str, to: Path) -> None:
        self._call("fetch")
        self.objects.fetch(key, to)
        if self.damaged:
            self.damaged -= 1
            to.write_bytes(to.read_bytes()[:-1] + b"?")

    def info(self, key: str) -> ObjectInfo | None:
        self._call("info")
        return self.objects.info(key)

    def renew(self, key: str) -> None:
        self._call("renew")
        self.objects.renew(key)

    def delete(self, key: str) -> None:
        self._call("delete")
        self.objects.delete(key)

    def keys(self, prefix: str) -> Iterator[ObjectInfo]:
        self._call("keys")
        return self.objects.keys(prefix)

    def link(self, key: str, terms: LinkTerms) -> str | None:
        return f"https://store.example/{key}"

    def _call(self, name: str) -> None:
        self.calls[name] += 1
        if self.down:
            raise StorageDown("It is down.", until_s=time.time())


@pytest.fixture
def objects(tmp_path: Path) -> Scripted:
    return Scripted(FolderObjects(tmp_path / "objects"))


class Machine:
    """A machine with a storage folder of its own."""

    def __init__(self, folder: Path, objects: Scripted) -> None:
        self.cache = ObjectCache(folder, objects)
        self.store = ContentStore(folder, self.cache)
        self.workspaces = Workspaces(folder / "jobs", self.cache)

    def put(self, data: bytes = b"sound") -> None:
        self.cache.root.mkdir(exist_ok=True)
        file = self.cache.root / "new.flac"
        file.write_bytes(data)
        self.store.put(CONTENT, file)


@pytest.fixture
def one(tmp_path: Path, objects: Scripted) -> Machine:
    return Machine(tmp_path / "one", objects)


@pytest.fixture
def other(tmp_path: Path, objects: Scripted) -> Machine:
    (tmp_path / "other").mkdir()
    return Machine(tmp_path / "other", objects)


def test_other_machine_has_content_cover_picture_and_derived_files(
    one: Machine, other: Machine, tmp_path: Path
) -> None:
    one.put()
    for put, name in ((one.store.put_image, "a.png"), (one.store.put_cover, CONTENT)):
        file = tmp_path / "picture.png"
        file.write_bytes(b"picture")
        put(name, file)
    derived = one.store.derived(CONTENT, "facts-v1.json")
    derived.write_bytes(b"facts")
    one.store.persist(derived)
    assert other.store.path(CONTENT).read_bytes() == b"sound"
    assert other.store.cover_path(CONTENT).read_bytes() == b"picture"
    assert other.store.image_path("a.png").read_bytes() == b"picture"
    assert other.store.derived(CONTENT, "facts-v1.json").read_bytes() == b"facts"


def test_missing_files_stay_missing(other: Machine) -> None:
    assert not other.store.path(CONTENT).exists()
    assert not other.store.cover_path(CONTENT).exists()
    assert not other.store.derived(CONTENT, "facts-v1.json").exists()


def test_file_is_fetched_once_by_many_threads(
    one: Machine, other: Machine, objects: Scripted
) -> None:
    one.put()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(other.store.path, [CONTENT] * 8))
    assert {path.read_bytes() for path in found} == {b"sound"}
    assert objects.calls["fetch"] == 1


def test_copies_count_once_for_each_process(one: Machine, other: Machine) -> None:
    one.put()
    CACHE_USES.take()
    other.cache.pins.hold()
    for _ in range(2):
        other.store.path(CONTENT)
        other.store.derived(CONTENT, "missing.npz")
    assert CACHE_USES.take() == [CacheUse("objects", 0, 1)]
    again = ObjectCache(other.cache.root, other.cache._objects)
    again.pins.hold()
    for _ in range(2):
        again.fetch(other.store.path(CONTENT))
    assert CACHE_USES.take() == [CacheUse("objects", 1, 0)]


def test_same_content_is_sent_once(one: Machine, other: Machine, objects: Scripted) -> None:
    one.put()
    other.put()
    assert objects.calls["put"] == 1


def test_damaged_copy_is_fetched_again(one: Machine, other: Machine, objects: Scripted) -> None:
    one.put()
    objects.damaged = 1
    assert other.store.path(CONTENT).read_bytes() == b"sound"
    assert objects.calls["fetch"] == 2


def test_copy_that_stays_damaged_never_appears(
    one: Machine, other: Machine, objects: Scripted
) -> None:
    one.put()
    objects.damaged = 100
    with pytest.raises(StorageDown):
        other.store.path(CONTENT)
    assert list((other.cache.root / "content").rglob("*.*")) == []


def test_content_does_not_count_as_written_while_the_store_is_down(
    one: Machine, objects: Scripted
) -> None:
    objects.down = True
    with pytest.raises(StorageDown):
        one.put()
    objects.down = False
    assert not one.store.path(CONTENT).exists()


def test_size_counts_files_of_other_machines(one: Machine, other: Machine) -> None:
    one.put(b"12345")
    assert other.store.size([CONTENT, "cd" + "0" * 62], []) == 5
    assert not list((other.cache.root / "content").rglob("*.flac"))


def test_sizes_are_remembered_up_to_a_limit(
    tmp_path: Path, objects: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_MOST_SIZES", 2)
    cache = ObjectCache(tmp_path / "here", objects)
    files = [cache.root / name for name in ("a", "b", "c")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"sound")
        cache.send(file)
    asked = objects.calls["info"]
    assert cache.size(files[2]) == 5
    assert objects.calls["info"] == asked
    assert cache.size(files[0]) == 5
    assert objects.calls["info"] == asked + 1  # forgotten when the third came


def test_removed_content_is_gone_everywhere(one: Machine, objects: Scripted) -> None:
    one.put()
    derived = one.store.derived(CONTENT, "facts-v1.json")
    derived.write_bytes(b"facts")
    one.store.persist(derived)
    one.store.remove(CONTENT)
    assert list(objects.keys("")) == []


def test_removal_succeeds_while_the_store_is_down(one: Machine, objects: Scripted) -> None:
    one.put()
    objects.down = True
    one.store.remove(CONTENT)  # the sweep finds the object


def test_use_renews_an_object_once_a_day(one: Machine, objects: Scripted) -> None:
    one.put()
    path = one.store.path(CONTENT)
    aged(path, 25 * HOUR_S)
    one.store.touch(path)
    one.store.touch(path)
    assert objects.calls["renew"] == 1


def aged(file: Path, by_s: float) -> None:
    then = time.time() - by_s
    os.utime(file, (then, then))


def write(workspace_of: Machine, name: str, data: bytes, attempt: int = 1) -> None:
    workspace = workspace_of.workspaces.of(JOB, attempt)
    with workspace.write(name) as part:
        part.write_bytes(data)


def test_step_on_another_machine_reads_what_this_one_wrote(one: Machine, other: Machine) -> None:
    workspace = one.workspaces.of(JOB)
    with workspace.write("stems/bass.flac") as part:
        part.write_bytes(b"bass")
    (file,) = workspace.written
    assert other.workspaces.of(JOB).holds(file)
    assert other.workspaces.of(JOB).path("stems/bass.flac").read_bytes() == b"bass"
    assert other.workspaces.of("2" * 32).of_job(JOB).path("stems/bass.flac").is_file()


def test_copy_of_a_rewritten_file_is_replaced(one: Machine, other: Machine) -> None:
    write(one, "mix.mp3", b"first")
    assert other.workspaces.of(JOB).path("mix.mp3").read_bytes() == b"first"
    write(one, "mix.mp3", b"again", attempt=2)
    assert other.workspaces.of(JOB).path("mix.mp3").read_bytes() == b"again"


def test_file_is_not_written_while_the_store_is_down(one: Machine, objects: Scripted) -> None:
    objects.down = True
    with pytest.raises(StorageDown):
        write(one, "mix.mp3", b"mix")
    assert not (one.workspaces.root / JOB / "mix.mp3").exists()


def test_job_pauses_while_the_store_is_down_and_goes_on_elsewhere(
    one: Machine, other: Machine, objects: Scripted
) -> None:
    def first(context: StepContext[str]) -> None:
        context.workspace.write_text("first.txt", "first")

    def second(context: StepContext[str]) -> None:
        text = context.workspace.path("first.txt").read_text()
        context.workspace.write_text("second.txt", f"{text} and second")

    def run(machine: Machine, finished: list[FinishedStep]) -> list[Message]:
        sent: list[Message] = []
        order = Order(JOB, "", "inputs", 1.0, "", 1, finished)

        def send(message: Message) -> None:
            sent.append(message)
            objects.down |= machine is one and isinstance(message, StepFinished)

        pipeline = Pipeline(str, (Step("first", first), Step("second", second)))
        run_order(order, pipeline, send, workspace=machine.workspaces.of(JOB))
        return sent

    sent = run(one, [])
    assert isinstance(sent[-1], Paused)
    finished = [FinishedStep(m.step, tuple(m.files)) for m in sent if isinstance(m, StepFinished)]
    objects.down = False
    sent = run(other, finished)
    assert isinstance(sent[-1], Done)
    assert [m.step for m in sent if isinstance(m, StepStarted)] == ["second"]
    assert one.workspaces.of(JOB).path("second.txt").read_text() == "first and second"


def test_task_on_another_machine_gives_its_files_to_the_job(
    one: Machine, other: Machine, objects: Scripted
) -> None:
    helper = other.workspaces.of(JOB)
    segment = helper.scratch("segments") / "000.mp3"
    segment.write_bytes(b"a minute")
    helper.written_by_task(segment)
    workspace = one.workspaces.of(JOB)
    assert (workspace.scratch("segments") / "000.mp3").read_bytes() == b"a minute"
    workspace.clear_scratch()
    assert list(objects.keys("")) == []


def test_files_from_before_the_object_store_are_sent_when_the_job_goes_on(
    one: Machine, objects: Scripted
) -> None:
    workspace = Workspaces(one.workspaces.root).of(JOB)
    with workspace.write("mix.mp3") as part:
        part.write_bytes(b"mix")
    (file,) = workspace.written
    assert one.workspaces.of(JOB).holds(file)
    assert [info.key for info in objects.keys("jobs/")] == [f"jobs/{JOB}/mix.mp3"]


def test_lost_file_is_noticed(one: Machine, other: Machine) -> None:
    workspace = one.workspaces.of(JOB)
    with workspace.write("mix.mp3") as part:
        part.write_bytes(b"mix")
    (file,) = workspace.written
    other.workspaces.remove(JOB)
    assert not other.workspaces.of(JOB).holds(file)


def test_folder_of_a_job_is_removed_with_its_objects(one: Machine, objects: Scripted) -> None:
    write(one, "mix.mp3", b"mix")
    one.workspaces.remove(JOB)
    assert not (one.workspaces.root / JOB).exists()
    assert list(objects.keys("")) == []


@pytest.fixture
def full(one: Machine) -> list[Path]:
    """Four derived files of 100 bytes; the first was not used for longest."""
    files = []
    for hours in (5, 4, 3, 2):
        file = one.store.derived(CONTENT, f"stem-{hours}.flac")
        file.write_bytes(bytes([hours]) * 100)
        one.store.persist(file)
        aged(file, hours * HOUR_S)
        files.append(file)
    return files


def left_after(machine: Machine, files: list[Path], limit: int) -> list[bool]:
    Eviction(machine.cache, limit).run()
    return [file.exists() for file in files]


def test_files_unused_for_longest_are_deleted_and_come_back(one: Machine, full: list[Path]) -> None:
    assert left_after(one, full, 300) == [False, False, True, True]
    assert one.store.derived(CONTENT, full[0].name).read_bytes() == b"\x05" * 100


def test_nothing_is_deleted_below_the_limit(one: Machine, full: list[Path]) -> None:
    assert left_after(one, full, 400) == [True] * 4


def test_use_keeps_a_copy(one: Machine, full: list[Path]) -> None:
    one.store.derived(CONTENT, full[0].name)
    assert left_after(one, full, 300) == [True, False, False, True]


def test_copies_in_use_stay_whatever_the_limit(one: Machine, full: list[Path]) -> None:
    for file in full:
        aged(file, 60.0)
    assert left_after(one, full, 1) == [True] * 4


def test_only_copy_is_never_deleted(one: Machine, full: list[Path], objects: Scripted) -> None:
    objects.delete(one.cache.key(full[0]))
    assert left_after(one, full, 1) == [True, False, False, False]


def test_scratch_of_other_machines_jobs_goes_after_a_day(one: Machine, tmp_path: Path) -> None:
    left, recent, pinned = (
        one.workspaces.of(job).scratch("segments") / "000.mp3" for job in ("2" * 32, "3" * 32, JOB)
    )
    for file in (left, recent, pinned):
        file.write_bytes(b"frames")
    aged(left, 25 * HOUR_S)
    aged(pinned, 25 * HOUR_S)
    one.cache.pins.hold()
    one.cache.pins.add(f"jobs/{JOB}")
    assert left_after(one, [left, recent, pinned], 10**9) == [False, True, True]


def test_copies_that_a_process_pins_stay(one: Machine, full: list[Path], tmp_path: Path) -> None:
    pinning = ObjectCache(one.cache.root, one.cache._objects)
    pinning.pins.hold()
    pinning.fetch(full[0])
    write(one, "mix.mp3", b"mix")
    pinning.pins.add(f"jobs/{JOB}")
    mix = one.workspaces.root / JOB / "mix.mp3"
    for file in (full[0], mix):
        aged(file, 9 * HOUR_S)
    assert left_after(one, [*full, mix], 1) == [True, False, False, False, True]


def test_pins_end_with_their_process(one: Machine, full: list[Path]) -> None:
    pid = os.fork()
    if pid == 0:
        one.cache.pins.hold()
        one.cache.fetch(full[0])
        os._exit(0)
    os.waitpid(pid, 0)
    aged(full[0], 9 * HOUR_S)
    assert left_after(one, full, 1) == [False] * 4
    assert not list((one.cache.root / "cache" / "pins").iterdir())


def test_checksum_of_a_foreign_object_is_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"picture")
    info = FolderObjects(tmp_path).info("images/a.png")
    assert info is not None and info.sha256 == hashlib.sha256(b"picture").hexdigest()
