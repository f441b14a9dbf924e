"""The Sounds page with many sounds, and the details of one."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.sounds import SoundDetail, SoundKind, SoundView
from frontend.api.errors import ApiError
from frontend.labels import sounds
from tests.frontend.scripted_api import NOW, ScriptedApi
from tests.frontend.views.test_pages import Page, words_of


def sound(number: int, kind: SoundKind = "style", **more: object) -> SoundView:
    return SoundView.model_validate(
        {
            "id": f"s{number}",
            "name": f"Rain {number}",
            "kind": kind,
            "duration_s": 2.5,
            "tempo_bpm": None,
            "beats": None,
            "key": None,
            "loudness_lufs": -14.0,
            "created_at": NOW,
            **more,
        }
    )


def detail(view: SoundView, **more: object) -> SoundDetail:
    fields = {
        "sound": view,
        "onsets_s": [0.0, 0.5],
        "pitch_hz": 220.0,
        "pitch_note": "A3",
        "voiced_share": 0.6,
        "peaks": [0.5] * 100,
    }
    return SoundDetail.model_validate({**fields, **more})


def rows(app: AppTest) -> list[str]:
    return [b.key for b in app.button if (b.key or "").startswith("delete_")]


@pytest.fixture
def many(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """Five hundred sounds, the limit of a library."""
    kinds: list[SoundKind] = ["style", "percussion", "instrument", "vocal"]
    scripted_api.library = [sound(i, kinds[i % 4]) for i in range(500)]
    app = page("views/sounds.py")
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("", None), ("percussion", "percussion"), ("style", "style"), ("noise", None)],
)
def test_only_a_link_chooses_the_kind_to_add(page: Page, asked: str, kind: str | None) -> None:
    app = page("views/sounds.py", **({"kind": asked} if asked else {}))
    assert app.get_by_key("sound_kind").value == kind


def test_uses_of_all_kinds_are_listed_until_one_is_chosen(page: Page) -> None:
    app = page("views/sounds.py")
    assert all(use in words_of(app) for use in sounds.USES.values())
    app.get_by_key("sound_kind").set_value("vocal").run()
    assert sounds.USES["vocal"] in words_of(app)
    assert sounds.USES["style"] not in words_of(app)


def test_sounds_are_paged(many: AppTest) -> None:
    assert len(rows(many)) == 20
    many.session_state["sounds page None  of 500"] = 25
    many.run()
    assert rows(many)[-1] == "delete_s499"


def test_sounds_are_filtered_by_kind_and_name(many: AppTest) -> None:
    many.get_by_key("sounds_shown").set_value("vocal").run()
    assert rows(many)[:2] == ["delete_s3", "delete_s7"]
    many.get_by_key("sounds_found").set_value("rain 123").run()
    assert rows(many) == ["delete_s123"]
    many.get_by_key("sounds_found").set_value("thunder").run()
    assert "No matching sounds." in words_of(many)


def test_kinds_show_their_count(many: AppTest) -> None:
    labels = [option.content for option in many.get_by_key("sounds_shown").proto.options]
    assert labels[0] == "All 500"
    assert labels[1].endswith("Style 125")


def test_details_open_and_close(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.library = [sound(1), sound(2)]
    scripted_api.details = {"s2": detail(sound(2))}
    app = page("views/sounds.py")
    assert scripted_api.asked == []
    app.button(key="look_s2").click().run()
    assert {m.label: m.value for m in app.metric} == {
        "Pitch": "A3",
        "Length": "2.50 s",
        "Onsets": "2",
    }
    assert "Pitch: 220 Hz, for 60 % of the sound." in words_of(app)
    app.button(key="look_s2").click().run()
    assert not app.metric


def test_deleted_sound_shows_an_error(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.library = [sound(1)]
    app = page("views/sounds.py")
    scripted_api.refusals = {"sound_detail": ApiError("not_found", "There is no such sound.")}
    app.button(key="look_s1").click().run()
    assert "There is no such sound." in words_of(app)


def test_sound_without_pitch() -> None:
    noise = detail(sound(1), pitch_hz=None, pitch_note=None, voiced_share=0.0)
    assert sounds.pitch(noise) == ("None", "this sound has no clear note")
    assert sounds.voiced(1.0) == "throughout"
    assert sounds.voiced(0.1) == "briefly"
