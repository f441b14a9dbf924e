"""DJ rules for admins, and sounds over transitions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import MixtapeRequest
from backend.app.contract.sounds import SoundView
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import CRATE, NOW, ScriptedApi
from tests.frontend.views.test_pages import Page, words_of

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

    def save(self, app: AppTest) -> AppTest:
        app.button(key="save_rules").click()
        app.run()
        assert not app.exception
        return app

    def test_version_is_shown(self, rules: AppTest) -> None:
        assert rules.title[0].value == "DJ rules"
        assert "Version 3, saved" in words_of(rules)
        assert rules.button(key="save_rules").disabled

    def test_change_is_saved_over_the_shown_version(
        self, rules: AppTest, scripted_api: ScriptedApi
    ) -> None:
        rules.get_by_key("rules 3 stretch").set_value(4.0)
        rules.get_by_key("rules 3 kinds").set_value(["blend", "fade"])
        rules.get_by_key("rules 3 trim").set_value(25)
        rules.run()
        self.save(rules)
        changed = DjRules(
            max_stretch_percent=4.0, allowed_kinds=["blend", "fade"], max_trim_share=0.25
        )
        assert scripted_api.asked == [("rules", (changed, 3))]
        assert "Version 4 is saved." in rules.success[0].value

    def test_rules_without_a_kind_cannot_be_saved(self, rules: AppTest) -> None:
        rules.get_by_key("rules 3 kinds").set_value([]).run()
        assert "Allow at least one kind of transition." in words_of(rules)
        assert rules.button(key="save_rules").disabled

    def test_newer_version_is_not_overwritten(
        self, rules: AppTest, scripted_api: ScriptedApi
    ) -> None:
        rules.get_by_key("rules 3 stretch").set_value(4.0).run()
        scripted_api.refusals = {
            "change_dj_rules": ApiError("conflict", "They were changed meanwhile.", "Reload.")
        }
        scripted_api.rules = DjRulesView(version=4, rules=DjRules(return_bars=32), updated_at=NOW)
        self.save(rules)
        text = words_of(rules)
        assert "They were changed meanwhile." in text
        assert "Another admin saved version 4" in text
        next(b for b in rules.button if b.label == "Load the latest version").click().run()
        assert rules.get_by_key("rules 4 return").value == 32

    def test_page_is_for_admins_only(self, page: Page) -> None:
        with pytest.raises(Exception, match="dj_rules"):
            page("views/dj_rules.py")


class TestSounds:
    @pytest.fixture
    def sounds(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.library = [SHAKER]
        app = page("views/sounds.py")
        assert not app.exception
        return app

    def test_sound_is_listed_with_its_facts(self, sounds: AppTest) -> None:
        text = words_of(sounds)
        assert "Shaker \\*loop\\*" in text
        assert "Percussion · 4.0 s · 120.0 BPM, loop of 8 beats" in text

    def test_sound_can_be_deleted(self, sounds: AppTest, scripted_api: ScriptedApi) -> None:
        sounds.button(key="delete_s").click().run()
        assert scripted_api.asked == [("delete_sound", "s")]
        assert "No sounds yet." in words_of(sounds)


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

    def test_overlays_are_not_asked_without_sounds(
        self, start: Callable[..., MixtapeRequest]
    ) -> None:
        assert start().overlays is None

    def test_overlays_are_not_asked_for_style_sounds(
        self, scripted_api: ScriptedApi, start: Callable[..., MixtapeRequest]
    ) -> None:
        scripted_api.library = [SHAKER.model_copy(update={"kind": "style"})]
        assert start().overlays is None

    def test_overlay_policy_can_be_chosen(
        self, page: Page, scripted_api: ScriptedApi, start: Callable[..., MixtapeRequest]
    ) -> None:
        scripted_api.library = [SHAKER]
        app = page(crate="crate-1")
        app.get_by_key("overlays").set_value("always").run()
        assert start(app).overlays == "always"
