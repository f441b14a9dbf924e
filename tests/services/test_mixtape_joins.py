"""Joins listened to: what sounds as before is not heard again, wherever in the mix it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.dj.timeline import Clip, Effect
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.render.joins_heard import Listener, key_of_join
from backend.app.services.mixtape_before import (
    HeardJoins,
    JoinFigures,
    heard_before,
    keep_heard,
)
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob
from backend.app.services.mixtape_joins import Overlap, listened
from backend.app.store.blobs import ContentStore
from tests.services.test_earlier import VIEW
from tests.sounds import SR, clicks, noise

from .tracks import context, put_track

BEAT = SR // 2


def clip(content: str, start: int, *, bent: bool = False) -> Clip:
    """Twenty seconds; the incoming one bent for four of them, its bass out for two."""
    warp = ((0, start), (4 * SR + 100, start + 4 * SR)) if bent else ()
    shares = ((start + SR, 1.0), (start + 2 * SR, 0.0))
    filters = (Effect("low_shelf", start, 2 * SR, shares, 200.0, gain_db=-26.0),) if bent else ()
    return Clip(
        track_id=content[0],
        content=content,
        title=content[0],
        artist="",
        start=start,
        length=20 * SR,
        fade_in=SR,
        warp=warp,
        effects=filters,
    )


def overlap(later: int = 0, **changed: object) -> Overlap:
    """The last four seconds of one clip under the first of another, anywhere in a mix."""
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
    inputs = MixtapeInputs(request=request, title="Mix", tracks=tracks, earlier=VIEW)
    return MixtapeJob(inputs, store, find_ffmpeg(None), 2)


def test_what_is_heard_of_a_join_does_not_depend_on_where_it_lies(job: MixtapeJob) -> None:
    # no whole number of blocks, nor of bins
    here, there = listened(job, [overlap(), overlap(later=12_345)], HeardJoins(by_key={}))
    assert here is not None
    assert here.beat_error_ms is not None
    assert here == there
    assert overlap().key == overlap(later=12_345).key


@pytest.mark.parametrize(
    "changed",
    [
        {"effects": ()},
        {"gain_db": -1.0},
        {"fade_in": 2 * SR},
        {"content": "a" * 64},
        {"pitch_semitones": 1},
        {"start": 16 * SR + 1, "warp": ((1, 16 * SR + 1), (4 * SR + 100, 20 * SR))},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_changes_the_sound_of_an_overlap_changes_its_key(
    changed: dict[str, object],
) -> None:
    assert overlap(**changed).key != overlap().key


def test_what_lies_outside_the_overlap_or_is_only_a_name_is_none_of_it() -> None:
    assert overlap(title="Other", length=25 * SR).key == overlap().key
    out, into = overlap().clips
    later_out = replace(out, length=20 * SR, source_start=0, fade_in=5)
    assert key_of_join((later_out, into), overlap().beats) == overlap().key


def test_other_beats_are_heard_anew() -> None:
    clips, (theirs, ours) = overlap().clips, overlap().beats
    assert key_of_join(clips, (theirs, ours + 1.0)) != overlap().key


def test_a_known_join_is_not_listened_to(job: MixtapeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    known = JoinFigures(beat_error_ms=1.5, beat_error_p95_ms=2.5, bass_both_share=0.125)

    def hear(*_: object) -> None:
        raise AssertionError("it was listened to")

    monkeypatch.setattr(Listener, "hear", hear)
    before = HeardJoins(by_key={overlap().key: known})
    assert listened(job, [overlap(later=777), None], before) == [known, None]
    with pytest.raises(AssertionError, match="listened"):
        listened(job, [overlap(gain_db=-1.0)], before)


def test_what_an_earlier_mix_heard_is_found_in_its_folder(job: MixtapeJob, tmp_path: Path) -> None:
    ctx = context(job, tmp_path / "second")
    assert heard_before(ctx).by_key == {}
    known = JoinFigures(beat_error_ms=None, beat_error_p95_ms=None, bass_both_share=0.0)
    keep_heard(HeardJoins(by_key={"k": known}), context(job, tmp_path / "first").workspace)
    assert heard_before(ctx).by_key == {"k": known}
    (tmp_path / "first" / "heard-joins.json").write_bytes(b'{"by_k')
    assert heard_before(ctx).by_key == {}
