"""Analysing stems, with cached results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.media.stem_file_format import DerivedWriter, stem_file
from backend.app.services.stems import stem_analysis
from backend.app.services.stems.stem_analysis import StemRecording, analyse_stems, stem_facts
from backend.app.services.tracks.analyse import is_analysed
from backend.app.store.files.blobs import ContentStore
from tests.sounds import noise, silence

from ..stored_tracks import context

CONTENT_HASH = "a" * 64
FILE = stem_file("draft0", "drums")
DRUMS: StemRecording = ("drums", f"{CONTENT_HASH}/{FILE}")


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    store = ContentStore(tmp_path)
    with DerivedWriter(store.derived(CONTENT_HASH, FILE)) as writer:
        writer.push(noise(4.0, seed=1))
    return store


def run_analysis(store: ContentStore, tmp_path: Path, said: list[str]) -> list[float]:
    shares: list[float] = []
    analyse_stems(context(None, tmp_path, said, shares.append), store, 2, [(DRUMS, 4 * 44_100)])
    return shares


def test_stem_is_analysed_once_with_its_loudness(
    store: ContentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    shares = run_analysis(store, tmp_path, said)
    assert said == ["stem 1 of 1"]
    assert (shares[-1], shares) == (1.0, sorted(shares))
    assert is_analysed(store, DRUMS[1], whole=False)
    facts = stem_facts(store, DRUMS)
    assert facts.duration_s == 4.0
    assert facts.loudness_lufs == pytest.approx(-14.0, abs=3.0)  # noise of -20 dB in both channels

    def again(*_: object) -> None:
        raise AssertionError("analysed again")

    monkeypatch.setattr(stem_analysis, "analyse_stem", again)
    assert stem_facts(store, DRUMS) == facts
    assert run_analysis(store, tmp_path, said) == []
    assert len(said) == 1


def test_truncated_cache_is_analysed_again(store: ContentStore) -> None:
    facts = stem_facts(store, DRUMS)
    (cached,) = store.derived(CONTENT_HASH, "").glob("facts-*.json")
    cached.write_bytes(cached.read_bytes()[:100])
    assert stem_facts(store, DRUMS) == facts


def test_stem_without_sound_is_silent(store: ContentStore) -> None:
    file = stem_file("draft0", "vocals")
    with DerivedWriter(store.derived(CONTENT_HASH, file)) as writer:
        writer.push(np.ascontiguousarray(silence(2.0)))
    assert stem_facts(store, ("vocals", f"{CONTENT_HASH}/{file}")).silent
