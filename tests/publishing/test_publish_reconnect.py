"""What a publication finds out about the connection is known to all who would publish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.errors import ReconnectNeeded

from .publishing_house import PublishingHouse


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path) as house:
        yield house


def test_a_channel_that_takes_no_token_any_more_is_to_be_connected_again(house: PublishingHouse):
    def suspend(kind: str) -> None:
        if kind == "chunk":
            house.grant.access_tokens.clear()  # Google goes on to give fresh ones

    house.youtube.on_request = suspend
    job = house.publish(house.mix())
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("youtube_reconnect", True)
    assert len(house.google.refreshes) == 1
    assert house.connections.status("ann").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.ask(house.mix())
