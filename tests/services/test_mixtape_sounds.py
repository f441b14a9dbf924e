"""Which sounds a mixtape may have, and how the DJ sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.contract.dj import DjRules, DjRulesView, OverlayPolicy
from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.contract.mixes import TimelineView
from backend.app.dj.harmony import Camelot
from backend.app.errors import InvalidRequest, NotFound
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob
from backend.app.services.mixtape_sounds import overlay_note, overlay_sounds
from backend.app.services.preview import without_gone_sounds
from backend.app.services.preview_inputs import PreviewInputs
from backend.app.services.settling import settle
from backend.app.store.blobs import ContentStore
from backend.app.store.sounds import Sound
from tests.sounds import sine

from .test_mixtape_inputs import LIBRARY, NOW
from .tracks import put_track

LOOP = Sound(
    id="s1",
    name="Ticks",
    kind="percussion",
    content="c" * 64,
    n_samples=88_200,
    tempo_bpm=120.0,
    beats=4,
    key=None,
    loudness_lufs=-14.0,
    created_at=NOW,
)
STYLE = replace(LOOP, id="s3", name="Rain", kind="style", content="e" * 64)
PAD = replace(LOOP, id="s2", name="Pad", kind="instrument", content="d" * 64, key="A minor")


def settled(rules: OverlayPolicy = "always", **wishes: object) -> MixtapeInputs:
    request = MixtapeRequest.model_validate(
        {"tracks_upload_id": "crate", "transitions": "dj", **wishes}
    )
    view = DjRulesView(version=1, rules=DjRules(overlays=rules))
    return settle(LIBRARY, "u", request, view, (LOOP, STYLE, PAD))


def names(inputs: MixtapeInputs) -> list[str]:
    return [sound.name for sound in inputs.sounds]


@pytest.mark.parametrize(
    ("rules", "asked", "given"),
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
def test_a_request_may_ask_for_less_than_the_rules_allow_and_not_for_more(
    rules: OverlayPolicy, asked: OverlayPolicy | None, given: OverlayPolicy
) -> None:
    inputs = settled(rules, overlays=asked)
    assert inputs.overlays == given
    assert names(inputs) == ([] if given == "never" else ["Ticks", "Pad"])


def test_picked_sounds_are_the_only_ones_each_once() -> None:
    assert names(settled(sounds=["s2", "s2"])) == ["Pad"]
    assert names(settled(sounds=[])) == []


def test_a_sound_that_is_not_there_is_refused_whatever_the_rules_say() -> None:
    for rules in ("never", "always"):
        with pytest.raises(NotFound, match="sound"):
            settled(rules, sounds=["s9"])


def test_style_sounds_are_for_other_ends_and_asking_for_one_is_refused() -> None:
    assert names(settled()) == ["Ticks", "Pad"]
    for rules in ("never", "always"):
        with pytest.raises(InvalidRequest, match="“Rain” is a style sound"):
            settled(rules, sounds=["s1", "s3"])


def test_plain_crossfades_have_no_sounds_and_no_use_for_wishes_about_them() -> None:
    assert names(settled(transitions="crossfade")) == []
    for wish in ({"overlays": "always"}, {"sounds": ["s1"]}):
        with pytest.raises(InvalidRequest, match="no use for"):
            settled(transitions="crossfade", **wish)


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    store = ContentStore(tmp_path / "storage")
    for letter in "abcd":
        put_track(store, tmp_path, letter, sine(2.0, 440.0))
    return store


def job_of(store: ContentStore, inputs: MixtapeInputs) -> MixtapeJob:
    return MixtapeJob(inputs, store, Path("ffmpeg"), workers=1)


def test_the_dj_sees_the_sounds_with_their_loudness_and_key(store: ContentStore) -> None:
    job = job_of(store, settled())
    loop, pad = overlay_sounds(job)
    assert (loop.sound_id, loop.length, loop.tempo_bpm, loop.beats) == ("s1", 88_200, 120.0, 4)
    assert (loop.key, pad.key) == (None, Camelot(8, minor=True))
    # a sine of 440 Hz at -6 dBFS in both channels: -6.02 LUFS, less what K-weighting takes there
    assert pad.loudness.integrated_lufs == pytest.approx(-6.5, abs=0.5)
    assert job.rules.overlays == "always"
    assert overlay_sounds(job_of(store, settled("never"))) == []


def test_who_asks_for_more_than_there_can_be_is_told(store: ContentStore) -> None:
    assert overlay_note(job_of(store, settled())) is None
    assert overlay_note(job_of(store, settled("never"))) is None
    told = overlay_note(job_of(store, settled("never", overlays="always")))
    assert told
    assert "never" in told
    assert overlay_note(job_of(store, settled(overlays="always", sounds=[])))


def test_a_deleted_sound_is_named_before_work_begins(store: ContentStore) -> None:
    job = job_of(store, settled())
    job.expect_files()
    store.remove(PAD.content)
    with pytest.raises(NotFound, match="“Pad” is no longer there"):
        job.expect_files()


def test_a_preview_does_without_deleted_sounds_that_the_mix_does_not_play(
    store: ContentStore,
) -> None:
    empty = TimelineView(
        version=1,
        sample_rate=44_100,
        duration_s=1.0,
        duration_samples=44_100,
        clips=[],
        transitions=[],
        chapters=[],
    )
    request = PreviewRequest(job_id="j", transition=0)
    inputs = PreviewInputs(request=request, mix=settled(), timeline=empty)
    store.remove(PAD.content)
    assert names(without_gone_sounds(inputs, store)) == ["Ticks"]
