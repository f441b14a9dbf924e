"""Limits and defaults of requests."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import TypeAdapter, ValidationError

from backend.app.contract.accounts import Registration
from backend.app.contract.analysis import GridFix
from backend.app.contract.base import Shape
from backend.app.contract.dj import DjRules, PairChoice
from backend.app.contract.jobs import (
    JobRequest,
    MashupRequest,
    MixtapeRequest,
    PublishRequest,
    RestyleRequest,
    StemFader,
    StemMixRequest,
    StemsRequest,
)
from backend.app.contract.publishing import DescriptionOptions, Publication
from backend.app.contract.restyles import RestyleSettings, StemStyle

#: Required fields of each model, other than the one that is tested.
NEEDED: dict[type[Shape], dict[str, object]] = {
    MixtapeRequest: {"tracks_upload_id": "c"},
    MashupRequest: {"tracks_upload_id": "c", "vibe": "dark"},
    StemFader: {"stem": "bass"},
    StemMixRequest: {"job_id": "j", "track_id": "t"},
    PairChoice: {"outgoing": "a", "incoming": "b"},
    Registration: {"email": "ann@example.org", "password": "long enough"},
}
TRACK, FADER = {"track_id": "t"}, {"stem": "bass", "gain_db": 0.0}


def accepts(shape: type[Shape], field: str, value: object) -> bool:
    try:
        shape.model_validate({**NEEDED.get(shape, {}), field: value})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("shape", "field", "lowest", "highest", "step"),
    [
        (MixtapeRequest, "transition_ms", 0, 30_000, 1),
        (MixtapeRequest, "loudness_lufs", -24.0, -9.0, 0.1),
        (MashupRequest, "loudness_lufs", -24.0, -9.0, 0.1),
        (StemFader, "gain_db", -60.0, 12.0, 0.1),
        (StemStyle, "volume", 0.0, 2.0, 0.1),
        (RestyleSettings, "grain_duration_ms", 30.0, 500.0, 0.1),
        (GridFix, "tempo_bpm", 40.0, 250.0, 0.1),
        (GridFix, "shift_beats", -8.0, 8.0, 0.1),
        (PairChoice, "bars", 0, 64, 1),
        (DjRules, "max_stretch_percent", 0.0, 8.0, 0.1),
        (DjRules, "max_vocal_overlap_s", 0.0, 60.0, 0.1),
        (DjRules, "max_trim_share", 0.0, 0.8, 0.01),
        (DjRules, "loudness_lufs", -24.0, -9.0, 0.1),
    ],
)
def test_numbers_have_both_limits(
    shape: type[Shape], field: str, lowest: float, highest: float, step: float
) -> None:
    fits = [accepts(shape, field, value) for value in (lowest, highest)]
    exceeds = [accepts(shape, field, value) for value in (lowest - step, highest + step)]
    assert (fits, exceeds) == ([True, True], [False, False])


@pytest.mark.parametrize(
    ("shape", "field", "part", "fewest", "most"),
    [
        (MixtapeRequest, "tracks", [TRACK], 1, 500),
        (MixtapeRequest, "formats", ["mp3"], 1, None),
        (MixtapeRequest, "title", "x", 0, 200),
        (StemMixRequest, "faders", [FADER], 1, 6),
        (DescriptionOptions, "intro", "x", 0, 2000),
        (DescriptionOptions, "hashtags", ["x"], 0, 15),
        (DescriptionOptions, "template", "x", 0, 10_000),
        (Publication, "title", "x", 0, 1000),
        (Publication, "description", "x", 0, 20_000),
        (Publication, "tags", ["x"], 0, 100),
        (Publication, "playlist_title", "x", 0, 150),
        (Registration, "password", "x", 8, 1024),
        (DjRules, "energy_arc", [0.5], 2, 64),
        (DjRules, "allowed_kinds", ["cut"], 1, 7),
    ],
)
def test_texts_and_lists_have_a_length(
    shape: type[Shape], field: str, part: Sequence[object], fewest: int, most: int | None
) -> None:
    assert accepts(shape, field, part * fewest)
    assert fewest == 0 or not accepts(shape, field, part * (fewest - 1))
    if most is not None:
        assert accepts(shape, field, part * most)
        assert not accepts(shape, field, part * (most + 1))


def test_defaults_of_a_mix() -> None:
    mix = TypeAdapter(JobRequest).validate_python({"tracks_upload_id": "c"})
    assert isinstance(mix, MixtapeRequest)  # a request without a kind
    assert (mix.transitions, mix.transition_ms, mix.order) == ("crossfade", 8000, "given")
    assert (mix.formats, mix.bitrate_kbps, mix.mp3_vbr) == (["mp3"], 320, False)


def test_defaults_of_a_publication_are_cautious() -> None:
    sent = PublishRequest(job_id="m")
    assert (sent.privacy, sent.again, sent.made_for_kids) == ("private", False, False)
    assert (sent.synthetic_media, sent.category_id, sent.language) == (None, "10", "en")
    assert sent.thumbnail
    assert sent.notify_subscribers


def test_defaults_of_the_dj_rules() -> None:
    rules = DjRules()
    assert (rules.max_stretch_percent, rules.max_pitch_semitones) == (6.0, 0)
    assert (rules.return_bars, rules.preferred_bars, rules.max_trim_share) == (8, 16, 0.1)
    assert (rules.max_vocal_overlap_s, rules.loudness_lufs) == (0.5, -14.0)
    assert (rules.energy_arc, rules.overlays) == ("wave", "sometimes")
    assert rules.rule_weights == {}


def test_rule_weights_have_limits() -> None:
    for weights in ({"keys_agree": 0.0}, {"keys_agree": 4.0}, {}):
        assert accepts(DjRules, "rule_weights", weights)
    many = {f"rule_{'x' * n}": 1.0 for n in range(51)}
    for weights in ({"keys_agree": -0.1}, {"keys_agree": 4.1}, {"Keys agree": 1.0}, many):
        assert not accepts(DjRules, "rule_weights", weights)


def test_defaults_of_stems_and_restyles() -> None:
    assert StemsRequest(track_id="t").format == "flac"
    assert (
        StemMixRequest.model_validate({**NEEDED[StemMixRequest], "faders": [FADER]}).format == "mp3"
    )
    assert RestyleRequest(track_id="t").format == "wav"
    assert RestyleSettings().grain_duration_ms == 120.0


@pytest.mark.parametrize(
    ("language", "is_valid"),
    [
        ("en", True),
        ("pt-BR", True),
        ("zh-Hant", True),
        ("e", False),
        ("english", False),
        ("", False),
    ],
)
def test_language_is_a_tag(language: str, is_valid: bool) -> None:
    assert accepts(DescriptionOptions, "language", language) is is_valid
