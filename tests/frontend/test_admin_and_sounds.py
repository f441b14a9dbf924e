"""House rules for who runs this Segue, and the sounds that may lie over joins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.sounds import SoundView
from frontend.api_client import ApiError
from tests.frontend.scripted_api import CRATE, NOW, ScriptedApi
from tests.frontend.test_pages import Page, words_of

SHAKER = SoundView(
    id="s",
    name="Shaker *loop*",
    kind="percussion",
    duration_s=4.0,
    tempo_bpm=120.0,
    beats=8,
    key=None,
    loudness_lufs=-18.0,
    created_at=NOW,
)


class TestRules:
    @pytest.fixture
    def rules(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.is_admin = True
        app = page("views/dj_rules.py")
        assert not app.exception
        return app

    def put_in_force(self, app: AppTest) -> AppTest:
        app.button(key="save_rules").click()
        app.run()
        assert not app.exception
        return app

    def test_they_say_which_version_they_are(self, rules: AppTest) -> None:
        assert rules.title[0].value == "DJ rules"
        assert "Version 3, in force since" in words_of(rules)
        assert rules.button(key="save_rules").disabled

    def test_a_change_is_put_over_the_version_that_was_seen(
        self, rules: AppTest, scripted_api: ScriptedApi
    ) -> None:
        rules.get_by_key("rules 3 stretch").set_value(4.0)
        rules.get_by_key("rules 3 kinds").set_value(["blend", "fade"])
        rules.get_by_key("rules 3 trim").set_value(25)
        rules.run()
        self.put_in_force(rules)
        wanted = DjRules(
            max_stretch_percent=4.0, allowed_kinds=["blend", "fade"], max_trim_share=0.25
        )
        assert scripted_api.asked == [("rules", (wanted, 3))]
        assert "Version 4 is in force." in rules.success[0].value

    def test_no_way_to_join_is_told_and_cannot_be_put_in_force(self, rules: AppTest) -> None:
        rules.get_by_key("rules 3 kinds").set_value([]).run()
        assert "Allow at least one way to join." in words_of(rules)
        assert rules.button(key="save_rules").disabled

    def test_somebody_who_was_faster_is_not_overruled(
        self, rules: AppTest, scripted_api: ScriptedApi
    ) -> None:
        rules.get_by_key("rules 3 stretch").set_value(4.0).run()
        scripted_api.refusals = {
            "change_dj_rules": ApiError("conflict", "They were changed meanwhile.", "Reload.")
        }
        scripted_api.rules = DjRulesView(version=4, rules=DjRules(return_bars=32), updated_at=NOW)
        self.put_in_force(rules)
        said = words_of(rules)
        assert "They were changed meanwhile." in said
        assert "Somebody else put version 4 in force" in said
        next(b for b in rules.button if b.label == "Load the newest").click().run()
        assert rules.get_by_key("rules 4 home").value == 32

    def test_others_do_not_see_the_page(self, page: Page) -> None:
        with pytest.raises(Exception, match="dj_rules"):
            page("views/dj_rules.py")


class TestSounds:
    @pytest.fixture
    def sounds(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.library = [SHAKER]
        app = page("views/sounds.py")
        assert not app.exception
        return app

    def test_each_is_listed_with_what_it_is(self, sounds: AppTest) -> None:
        said = words_of(sounds)
        assert "Shaker \\*loop\\*" in said
        assert "Percussion · 4.0 s · 120.0 BPM, loop of 8 beats" in said

    def test_one_can_be_forgotten(self, sounds: AppTest, scripted_api: ScriptedApi) -> None:
        sounds.button(key="delete_s").click().run()
        assert scripted_api.asked == [("delete_sound", "s")]
        assert "No sound yet." in words_of(sounds)


class TestOverlays:
    @pytest.fixture
    def start(
        self, page: Page, scripted_api: ScriptedApi
    ) -> Callable[[AppTest | None], MixtapeRequest]:
        scripted_api.crates = {"crate-1": CRATE}

        def started(app: AppTest | None = None) -> MixtapeRequest:
            app = app or page(crate="crate-1")
            app.button(key="start").click().run()
            request = scripted_api.ask_of("mixtape")
            assert isinstance(request, MixtapeRequest)
            return request

        return started

    def test_without_sounds_there_is_nothing_to_ask(
        self, start: Callable[..., MixtapeRequest]
    ) -> None:
        assert start().overlays is None

    def test_style_sounds_are_not_laid_over_joins_so_they_ask_nothing(
        self, scripted_api: ScriptedApi, start: Callable[..., MixtapeRequest]
    ) -> None:
        scripted_api.library = [SHAKER.model_copy(update={"kind": "style"})]
        assert start().overlays is None

    def test_with_sounds_it_is_for_the_person_to_say(
        self, page: Page, scripted_api: ScriptedApi, start: Callable[..., MixtapeRequest]
    ) -> None:
        scripted_api.library = [SHAKER]
        app = page(crate="crate-1")
        app.get_by_key("overlays").set_value("always").run()
        assert start(app).overlays == "always"
