"""Which sounds a mixtape may lay over its joins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.contract.dj import DjRules, DjRulesView, OverlayPolicy
from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.dj.harmony import Camelot
from backend.app.errors import InvalidRequest, NotFound
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.planning.plan import overlay_note, overlay_sounds
from backend.app.services.mixtape.resolve import resolve_mixtape
from backend.app.services.preview.inputs import PreviewInputs
from backend.app.services.preview.pipeline import without_deleted_sounds
from backend.app.store.files.blobs import ContentStore
from backend.app.store.sounds import Sound
from tests.sounds import sine

from ...stored_tracks import put_track
from ..test_inputs import LIBRARY, NOW, VIEW

LOOP = Sound(
    id="s1",
    name="Ticks",
    kind="percussion",
    content_hash="c" * 64,
    n_samples=88_200,
    tempo_bpm=120.0,
    beats=4,
    key=None,
    loudness_lufs=-14.0,
    created_at=NOW,
)
STYLE = replace(LOOP, id="s3", name="Rain", kind="style", content_hash="e" * 64)
PAD = replace(LOOP, id="s2", name="Pad", kind="instrument", content_hash="d" * 64, key="A minor")


def resolved(rules: OverlayPolicy = "always", **options: object) -> MixtapeInputs:
    request = MixtapeRequest.model_validate(
        {"tracks_upload_id": "crate", "transitions": "dj", **options}
    )
    view = DjRulesView(version=1, rules=DjRules(overlays=rules))
    return resolve_mixtape(LIBRARY, "u", request, view, (LOOP, STYLE, PAD))


def names(inputs: MixtapeInputs) -> list[str]:
    return [sound.name for sound in inputs.sounds]


@pytest.mark.parametrize(
    ("rules", "requested", "allowed"),
    [
        ("never", None, "never"),
        ("never", "always", "never"),
        ("sometimes", None, "sometimes"),
        ("sometimes", "always", "sometimes"),
        ("always", "sometimes", "sometimes"),
        ("always", "never", "never"),
        ("always", None, "always"),
    ],
)
def test_dj_rules_limit_the_requested_overlays(
    rules: OverlayPolicy, requested: OverlayPolicy | None, allowed: OverlayPolicy
) -> None:
    inputs = resolved(rules, overlays=requested)
    assert inputs.overlays == allowed
    assert names(inputs) == ([] if allowed == "never" else ["Ticks", "Pad"])


def test_only_picked_sounds_are_used_once_each() -> None:
    assert names(resolved(sounds=["s2", "s2"])) == ["Pad"]
    assert names(resolved(sounds=[])) == []


def test_unknown_sound_is_rejected_under_any_rules() -> None:
    for rules in ("never", "always"):
        with pytest.raises(NotFound, match="sound"):
            resolved(rules, sounds=["s9"])


def test_style_sounds_are_rejected() -> None:
    assert names(resolved()) == ["Ticks", "Pad"]
    for rules in ("never", "always"):
        with pytest.raises(InvalidRequest, match="“Rain” is a style sound"):
            resolved(rules, sounds=["s1", "s3"])


def test_plain_crossfades_reject_sounds() -> None:
    assert names(resolved(transitions="crossfade")) == []
    for option in ({"overlays": "always"}, {"sounds": ["s1"]}):
        with pytest.raises(InvalidRequest, match="can't use"):
            resolved(transitions="crossfade", **option)


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    store = ContentStore(tmp_path / "storage")
    for letter in "abcd":
        put_track(store, tmp_path, letter, sine(2.0, 440.0))
    return store


def job_of(store: ContentStore, inputs: MixtapeInputs) -> MixtapeJob:
    return MixtapeJob(inputs, store, Path("ffmpeg"), workers=1)


def test_overlay_sounds_have_loudness_and_key(store: ContentStore) -> None:
    job = job_of(store, resolved())
    loop, pad = overlay_sounds(job)
    assert (loop.sound_id, loop.length, loop.tempo_bpm, loop.beats) == ("s1", 88_200, 120.0, 4)
    assert (loop.key, pad.key) == (None, Camelot(8, minor=True))
    # a sine of 440 Hz at -6 dBFS in both channels: -6.02 LUFS, less what K-weighting takes there
    assert pad.loudness.integrated_lufs == pytest.approx(-6.5, abs=0.5)
    assert job.rules.overlays == "always"
    assert overlay_sounds(job_of(store, resolved("never"))) == []


def test_overlay_note_if_fewer_than_requested(store: ContentStore) -> None:
    assert overlay_note(job_of(store, resolved())) is None
    assert overlay_note(job_of(store, resolved("never"))) is None
    note = overlay_note(job_of(store, resolved("never", overlays="always")))
    assert note
    assert "never" in note
    assert overlay_note(job_of(store, resolved(overlays="always", sounds=[])))


def test_deleted_sound_is_named_before_the_job_starts(store: ContentStore) -> None:
    job = job_of(store, resolved())
    job.require_files()
    store.remove(PAD.content_hash)
    with pytest.raises(NotFound, match="“Pad” is no longer there"):
        job.require_files()


def test_preview_drops_deleted_sounds_the_mix_does_not_play(
    store: ContentStore,
) -> None:
    request = PreviewRequest(job_id="j", transition=0)
    inputs = PreviewInputs(request=request, mix=resolved(), timeline=VIEW)
    store.remove(PAD.content_hash)
    assert names(without_deleted_sounds(inputs, store)) == ["Ticks"]
