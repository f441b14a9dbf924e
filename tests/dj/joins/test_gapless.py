from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.dj.joins.gapless import runs_on
from tests.dj.joins.shapes.test_plain_crossfades import track

ONE_SIDE, BOTH, NEITHER = (False, True), (True, True), (False, False)


@pytest.mark.parametrize(
    ("albums", "continues", "expected"),
    [
        (("Live", "LIVE"), ONE_SIDE, True),
        (("Live", "Live"), NEITHER, False),
        (("Live", "Other"), BOTH, False),
        (("", ""), BOTH, True),
        (("Live", ""), BOTH, True),
        (("", ""), ONE_SIDE, False),
    ],
)
def test_albums_decide_how_much_evidence_is_needed(albums, continues, expected) -> None:
    out, into = (replace(track(name, 60), album=name) for name in albums)
    assert runs_on(out, into, continues) == expected


def test_unknown_albums_must_be_about_equally_loud() -> None:
    quiet, loud = track("a", 60, energy=0.001), track("b", 60, energy=0.01)
    assert not runs_on(quiet, loud, BOTH)
    assert runs_on(replace(quiet, album="Live"), replace(loud, album="Live"), BOTH)
