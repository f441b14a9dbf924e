"""Tracks are heard once, several at once, and what was heard is found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.contract.analysis import CrateAnalysis, GridFix
from backend.app.contract.jobs import AnalysisRequest
from backend.app.services.analysis_inputs import AnalysisInputs, CrateTrack
from backend.app.services.crate_analysis import AnalysisJob, hear_crate
from backend.app.services.hearing import analysis_of, hear, hear_all, is_heard, profile_of
from backend.app.store.blobs import ContentStore
from tests.sounds import SR, clicks

from .tracks import context, put_track

SECONDS = 12
A, B = "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    """Two tracks with a beat, at 120 and at 100 a minute."""
    store = ContentStore(tmp_path / "storage")
    for letter, every_s in (("a", 0.5), ("b", 0.6)):
        put_track(store, tmp_path, letter, clicks(SECONDS, every_s, seed=ord(letter)))
    return store


def hear_both(store: ContentStore, *, whole: bool) -> tuple[list[str], list[float]]:
    said, shares = list[str](), list[float]()
    hear_all(
        store,
        dict.fromkeys((A, B), SECONDS * SR),
        whole=whole,
        workers=2,
        progress=shares.append,
        say=said.append,
    )
    return said, shares


def test_everything_is_heard_once_and_told_track_by_track(store: ContentStore) -> None:
    said, shares = hear_both(store, whole=True)
    assert said == ["track 1 of 2", "track 2 of 2"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert is_heard(store, A, whole=True)
    assert hear_both(store, whole=True) == ([], [])


def test_for_its_loudness_nobody_listens_to_more(store: ContentStore) -> None:
    hear_both(store, whole=False)
    assert is_heard(store, A, whole=False)
    assert analysis_of(store, A) is None


def test_loudness_heard_before_is_not_measured_again_but_comes_out_the_same(
    store: ContentStore, tmp_path: Path
) -> None:
    known = profile_of(store, A)
    assert hear(store, A).loudness_lufs == pytest.approx(known.integrated_lufs)
    [kept] = (tmp_path / "storage" / "derived").rglob("loudness*")
    written = kept.stat().st_mtime_ns
    hear(store, A)
    assert kept.stat().st_mtime_ns == written


def test_a_torn_analysis_is_heard_again(store: ContentStore, tmp_path: Path) -> None:
    whole = hear(store, A)
    [kept] = (tmp_path / "storage" / "derived").rglob("analysis*")
    kept.write_bytes(kept.read_bytes()[:100])
    assert analysis_of(store, A) is None
    assert hear(store, A) == whole


def test_what_ends_the_progress_ends_the_listening(store: ContentStore) -> None:
    def enough(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hear_all(
            store,
            dict.fromkeys((A, B), SECONDS * SR),
            whole=True,
            workers=2,
            progress=enough,
            say=lambda _: None,
        )
    assert analysis_of(store, A) is None


def test_the_analysis_of_a_crate_keeps_its_order_and_honours_fixes(
    store: ContentStore, tmp_path: Path
) -> None:
    tracks = [
        CrateTrack(track_id="2", content=B, title="B", n_samples=SECONDS * SR),
        CrateTrack(
            track_id="1",
            content=A,
            title="A",
            n_samples=SECONDS * SR,
            grid_fix=GridFix(tempo_bpm=90.0),
        ),
    ]
    inputs = AnalysisInputs(request=AnalysisRequest(tracks_upload_id="crate"), tracks=tracks)
    ctx = context(AnalysisJob(inputs, store, 2), tmp_path / "job")
    hear_crate(ctx)
    text = ctx.workspace.path("analysis.json").read_text()
    heard = CrateAnalysis.model_validate_json(text).tracks
    assert [one.track_id for one in heard] == ["2", "1"]
    assert heard[0].analysis == hear(store, B)
    assert heard[1].analysis.rhythm.tempo_bpm == 90.0
    assert hear(store, A).manual is None
