"""The library of sounds: found again among many, looked at from close."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.sounds import SoundDetail, SoundKind, SoundView
from frontend import sound_words
from frontend.api_client import ApiError
from tests.frontend.scripted_api import NOW, ScriptedApi
from tests.frontend.test_pages import Page, words_of


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
    heard = {
        "sound": view,
        "onsets_s": [0.0, 0.5],
        "pitch_hz": 220.0,
        "pitch_note": "A3",
        "voiced_share": 0.6,
        "peaks": [0.5] * 100,
    }
    return SoundDetail.model_validate({**heard, **more})


def rows(app: AppTest) -> list[str]:
    return [b.key for b in app.button if (b.key or "").startswith("delete_")]


@pytest.fixture
def many(page: Page, scripted_api: ScriptedApi) -> AppTest:
    """Five hundred: as many as one may keep."""
    kinds: list[SoundKind] = ["style", "percussion", "instrument", "vocal"]
    scripted_api.library = [sound(i, kinds[i % 4]) for i in range(500)]
    app = page("views/sounds.py")
    assert not app.exception
    return app


def test_five_hundred_come_a_page_at_a_time(many: AppTest) -> None:
    assert len(rows(many)) == 20
    many.session_state["sounds page None  of 25"] = 25
    many.run()
    assert rows(many)[-1] == "delete_s499"


def test_they_are_found_by_kind_and_by_name(many: AppTest) -> None:
    many.get_by_key("sounds_shown").set_value("vocal").run()
    assert rows(many)[:2] == ["delete_s3", "delete_s7"]
    many.get_by_key("sounds_found").set_value("rain 123").run()
    assert rows(many) == ["delete_s123"]
    many.get_by_key("sounds_found").set_value("thunder").run()
    assert "No sound of yours is like that." in words_of(many)


def test_each_kind_says_how_many_there_are_and_what_it_is_for(many: AppTest) -> None:
    labels = [option.content for option in many.get_by_key("sounds_shown").proto.options]
    assert labels[0] == "All 500"
    assert labels[1].endswith("Style 125")
    assert "re-play a song's stems" in words_of(many)
    many.get_by_key("sound_kind").set_value("vocal").run()
    assert "laid over joins where nobody sings" in words_of(many)


def test_one_is_looked_at_from_close_and_closed_again(
    page: Page, scripted_api: ScriptedApi
) -> None:
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
    assert "Pitch: 220 Hz, in 60 % of it." in words_of(app)
    app.button(key="look_s2").click().run()
    assert not app.metric


def test_one_that_is_gone_meanwhile_is_told_in_words(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.library = [sound(1)]
    app = page("views/sounds.py")
    scripted_api.refusals = {"sound_detail": ApiError("not_found", "There is no such sound.")}
    app.button(key="look_s1").click().run()
    assert "There is no such sound." in words_of(app)


def test_what_has_no_pitch_says_so() -> None:
    noise = detail(sound(1), pitch_hz=None, pitch_note=None, voiced_share=0.0)
    assert sound_words.pitch(noise) == ("None", "noise and hits have no pitch")
    assert sound_words.voiced(1.0) == "all through"
    assert sound_words.voiced(0.1) == "in passing"
