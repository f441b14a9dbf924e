"""Slots of uploads are shared among users."""

from __future__ import annotations

import anyio
import pytest
from anyio.abc import TaskGroup

from backend.app.api.upload_slots import UploadSlots
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Uploads:
    """Uploads that hold their slots until a test releases them."""

    def __init__(self, total: int) -> None:
        self.slots = UploadSlots(total)
        self.received: list[str] = []
        self.inside: list[str] = []
        self.is_received = anyio.Event()
        self.is_received.set()
        self.may_end = anyio.Event()

    async def upload(self, user: str) -> None:
        async with self.slots.receiving(user):
            self.received.append(user)
            await self.is_received.wait()
            async with self.slots.checking(user):
                self.inside.append(user)
                await self.may_end.wait()

    async def begin(self, tasks: TaskGroup, *users: str) -> None:
        for user in users:
            tasks.start_soon(self.upload, user)
            await anyio.wait_all_tasks_blocked()


async def test_user_with_many_uploads_leaves_slots_to_others():
    uploads = Uploads(total=8)
    async with anyio.create_task_group() as tasks:
        await uploads.begin(tasks, *["ann"] * 20, *["bob"] * 3, "eve", "zoe", "ian", "ida", "jim")
        assert uploads.inside == [*["ann"] * 4, "bob", "eve", "zoe", "ian"]
        uploads.may_end.set()
    assert len(uploads.inside) == 28


async def test_interrupted_upload_frees_its_slot():
    uploads = Uploads(total=1)
    async with anyio.create_task_group() as tasks:
        await uploads.begin(tasks, "ann")
        tasks.cancel_scope.cancel()
    with anyio.fail_after(PATIENCE_S):
        uploads.may_end.set()
        await uploads.upload("bob")


async def test_bodies_on_their_way_keep_no_other_user_waiting():
    uploads = Uploads(total=4)
    uploads.is_received = anyio.Event()
    crowd = [f"user{n}" for n in range(30)]
    async with anyio.create_task_group() as tasks:
        await uploads.begin(tasks, *["ann"] * 20, *crowd, "bob")
        assert uploads.received == [*["ann"] * 4, *crowd, "bob"]
        uploads.is_received.set()
        uploads.may_end.set()
    assert len(uploads.inside) == 51
