"""Joins are measured; unchanged ones are not measured again, wherever they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.dj.timeline import Clip, Effect
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.measure.join_metrics import JoinAnalyser, join_hash
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.measure_joins import Overlap, join_figures
from backend.app.services.mixtape.reuse.mp3 import (
    JOIN_FIGURES,
    JoinFigures,
    StoredJoinFigures,
    base_join_figures,
)
from backend.app.store.files.blobs import ContentStore
from tests.sounds import SR, clicks, noise

from ..stored_tracks import context, put_track
from .test_inputs import VIEW

BEAT = SR // 2


def clip(content: str, start: int, *, bent: bool = False) -> Clip:
    """A clip of twenty seconds.

    ``bent``: four seconds have a tempo map, and two have the bass cut.
    """
    warp = ((0, start), (4 * SR + 100, start + 4 * SR)) if bent else ()
    shares = ((start + SR, 1.0), (start + 2 * SR, 0.0))
    filters = (Effect("low_shelf", start, 2 * SR, shares, 200.0, gain_db=-26.0),) if bent else ()
    return Clip(
        track_id=content[0],
        content_hash=content,
        title=content[0],
        artist="",
        start=start,
        length=20 * SR,
        fade_in=SR,
        warp=warp,
        effects=filters,
    )


def overlap(later: int = 0, **changed: object) -> Overlap:
    """Four seconds of overlap, ``later`` samples into the mix."""
    out, into = clip("a" * 64, later), clip("b" * 64, 16 * SR + later, bent=True)
    beats = np.arange(16 * SR, 20 * SR, BEAT, dtype=float) + later
    return Overlap((out, replace(into, **changed)), (beats, beats + 3.0))


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> MixtapeJob:
    folder = tmp_path_factory.mktemp("crate")
    store = ContentStore(folder / "storage")
    sound = clicks(21.0, 0.5) + noise(21.0, seed=1, rms_db=-40)
    tracks = [put_track(store, folder, letter, sound) for letter in "ab"]
    request = MixtapeRequest(tracks_upload_id="crate", transitions="dj", based_on="first")
    inputs = MixtapeInputs(request=request, title="Mix", tracks=tracks, base=VIEW)
    return MixtapeJob(inputs, store, find_ffmpeg(None), 2)


def test_figures_do_not_depend_on_position_in_the_mix(job: MixtapeJob) -> None:
    # A shift that is not a whole number of blocks or bins.
    here, there = join_figures(
        job, [overlap(), overlap(later=12_345)], StoredJoinFigures(by_key={})
    )
    assert here is not None
    assert here.beat_error_ms is not None
    assert here == there
    assert overlap().key == overlap(later=12_345).key


@pytest.mark.parametrize(
    "changed",
    [
        {"effects": ()},
        {"fade_in": 2 * SR},
        {"content_hash": "a" * 64},
        {"pitch_semitones": 1},
        {"start": 16 * SR + 1, "warp": ((1, 16 * SR + 1), (4 * SR + 100, 20 * SR))},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_key_changes_with_the_sound_of_the_overlap(
    changed: dict[str, object],
) -> None:
    assert overlap(**changed).key != overlap().key


def test_key_ignores_names_and_sound_outside_the_overlap() -> None:
    assert overlap(title="Other", length=25 * SR).key == overlap().key
    out, into = overlap().clips
    later_out = replace(out, length=20 * SR, source_start=0, fade_in=5)
    assert join_hash((later_out, into), overlap().beats) == overlap().key


def test_key_changes_with_the_beats() -> None:
    clips, (out_beats, in_beats) = overlap().clips, overlap().beats
    assert join_hash(clips, (out_beats, in_beats + 1.0)) != overlap().key


def test_known_join_is_not_measured_again(job: MixtapeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    known = JoinFigures(beat_error_ms=1.5, beat_error_p95_ms=2.5, bass_both_share=0.125)

    def fail(*_: object) -> None:
        raise AssertionError("it was measured")

    monkeypatch.setattr(JoinAnalyser, "analyse", fail)
    stored = StoredJoinFigures(by_key={overlap().key: known})
    assert join_figures(job, [overlap(later=777), None], stored) == [known, None]
    with pytest.raises(AssertionError, match="measured"):
        join_figures(job, [overlap(fade_in=2 * SR)], stored)


def test_figures_of_the_base_are_read_from_its_folder(job: MixtapeJob, tmp_path: Path) -> None:
    ctx = context(job, tmp_path / "second")
    assert base_join_figures(ctx).by_key == {}
    known = JoinFigures(beat_error_ms=None, beat_error_p95_ms=None, bass_both_share=0.0)
    first = context(job, tmp_path / "first").workspace
    first.write_shape(JOIN_FIGURES, StoredJoinFigures(by_key={"k": known}))
    assert base_join_figures(ctx).by_key == {"k": known}
    (tmp_path / "first" / JOIN_FIGURES).write_bytes(b'{"by_k')
    assert base_join_figures(ctx).by_key == {}
