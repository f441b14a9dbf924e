"""Versions of the DJ rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.contract.dj import DjRules
from backend.app.errors import Conflict
from backend.app.store.dj_rules import DjRulesStore
from tests.jobs.rows import Rows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DjRulesStore]:
    rows = Rows(tmp_path)
    yield DjRulesStore(rows.database)
    rows.database.close()


def test_newest_version_is_current(store: DjRulesStore):
    assert [store.current().version, store.current().rules] == [0, DjRules()]
    for version in (1, 2, 3):
        assert store.change(DjRules(), "ann", version - 1).version == version
        assert store.current().version == version


@pytest.mark.parametrize("expected", [0, 2])
def test_rules_changed_meanwhile_are_not_overwritten(store: DjRulesStore, expected: int):
    store.change(DjRules(), "ann", None)
    with pytest.raises(Conflict, match="version 1 is current"):
        store.change(DjRules(), "bob", expected)
    assert store.change(DjRules(), "bob", None).version == 2


def test_weights_before_their_last_change_are_found(store: DjRulesStore):
    assert store.weights_before() is None
    store.change(DjRules(), "ann", None)
    assert store.weights_before() is None
    store.change(DjRules(rule_weights={"keys_agree": 2.0}), "ann", None)
    assert store.weights_before() == {}
    store.change(DjRules(rule_weights={"keys_agree": 2.0}, return_bars=4), "ann", None)
    assert store.weights_before() == {}
    store.change(DjRules(rule_weights={"keys_agree": 3.0}), "ann", None)
    assert store.weights_before() == {"keys_agree": 2.0}
