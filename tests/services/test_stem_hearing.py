"""Stems are heard once, and found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.media.made_form import MadeWriter, stem_file
from backend.app.services import stem_hearing
from backend.app.services.hearing import is_heard
from backend.app.services.stem_hearing import MadeStem, hear_stems, stem_facts
from backend.app.store.blobs import ContentStore
from tests.sounds import noise, silence

CONTENT = "a" * 64
MADE = stem_file("draft0", "drums")
DRUMS: MadeStem = (CONTENT, "drums", MADE)


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    store = ContentStore(tmp_path)
    with MadeWriter(store.derived(CONTENT, MADE)) as writer:
        writer.push(noise(4.0, seed=1))
    return store


def listened(store: ContentStore, said: list[str]) -> list[float]:
    shares: list[float] = []
    hear_stems(store, [(DRUMS, 4 * 44_100)], workers=2, progress=shares.append, say=said.append)
    return shares


def test_a_stem_is_heard_with_its_loudness_and_only_once(
    store: ContentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    shares = listened(store, said)
    assert said == ["stem 1 of 1"]
    assert (shares[-1], shares) == (1.0, sorted(shares))
    assert is_heard(store, f"{CONTENT}/{MADE}", whole=False)
    facts = stem_facts(store, DRUMS)
    assert facts.duration_s == 4.0
    assert facts.loudness_lufs == pytest.approx(-14.0, abs=3.0)  # noise of -20 dB in both channels

    def again(*_: object) -> None:
        raise AssertionError("it is heard again")

    monkeypatch.setattr(stem_hearing, "hear_stem", again)
    assert stem_facts(store, DRUMS) == facts
    assert listened(store, said) == []
    assert len(said) == 1


def test_facts_that_are_not_whole_are_heard_anew(store: ContentStore) -> None:
    facts = stem_facts(store, DRUMS)
    (kept,) = store.derived(CONTENT, "").glob("facts-*.json")
    kept.write_bytes(kept.read_bytes()[:100])
    assert stem_facts(store, DRUMS) == facts


def test_a_stem_in_which_nobody_plays_is_silent(store: ContentStore) -> None:
    made = stem_file("draft0", "vocals")
    with MadeWriter(store.derived(CONTENT, made)) as writer:
        writer.push(np.ascontiguousarray(silence(2.0)))
    assert stem_facts(store, (CONTENT, "vocals", made)).silent
