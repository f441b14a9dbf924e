"""A connection that fails during a publication is marked for reconnecting."""

from __future__ import annotations

import pytest

from backend.app.errors import ReconnectNeeded

from ..publishing_house import PublishingHouse


def test_channel_refusing_fresh_tokens_needs_reconnecting(house: PublishingHouse):
    def suspend(kind: str) -> None:
        if kind == "chunk":
            # YouTube rejects them, but Google still issues new ones
            house.grant.access_tokens.clear()

    house.youtube.on_request = suspend
    job = house.publish(house.mix())
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("youtube_reconnect", True)
    assert len(house.google.refreshes) == 1
    assert house.connections.status("ann").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.ask(house.mix())
