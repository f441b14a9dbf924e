"""Count the picture groups that a film encodes."""

from __future__ import annotations

import pytest

from backend.app.video.cut_list import Cut
from backend.app.video.encode_h264 import GroupEncoder


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[Cut]:
    """The cuts that were encoded."""
    cuts: list[Cut] = []
    encode = GroupEncoder._encode

    def counted(self: GroupEncoder, cut: Cut, *rest: object) -> None:
        cuts.append(cut)
        encode(self, cut, *rest)

    monkeypatch.setattr(GroupEncoder, "_encode", counted)
    return cuts
