"""The listening room: blind trials, answers, export; weights on the page of the DJ rules."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.listening import ListeningAnswer
from backend.app.contract.listening_request import ListeningRequest
from backend.app.dj.joins.scoreboard import RULE_NAMES
from frontend.api.errors import ApiError
from frontend.labels import listening
from frontend.sections.listening import trial as trial_section
from tests.frontend.dj_mix import CRATE, FINISHED, MEASURED, TIMELINE
from tests.frontend.scripted_api import ScriptedApi, analysis, job
from tests.frontend.scripted_listening import PER_PAGE, rendered
from tests.frontend.views.test_pages import Page, words_of
from tests.listening_data import answered

VIEW = "views/listening.py"
SECRETS = ("Blend, 16 bars", "Echo out, 2 bars", "as in the mix", "the best other one")


def press(app: AppTest, label: str) -> AppTest:
    next(b for b in app.button if b.label == label).click().run()
    assert not app.exception
    return app


def player_of(app: AppTest) -> dict[str, object]:
    """The data of the page's player."""
    [data] = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return dict(data.get("data", data))


def opened(page: Page, trial_id: str = "trial-1") -> AppTest:
    page(VIEW)
    app = page(VIEW, trial=trial_id)
    assert not app.exception
    return app


@pytest.fixture
def trial(page: Page, scripted_api: ScriptedApi) -> AppTest:
    scripted_api.trials = {"trial-1": rendered("trial-1")}
    return opened(page)


class TestTrial:
    def test_versions_play_without_a_word_about_them(self, trial: AppTest) -> None:
        player = player_of(trial)
        assert [side["label"] for side in player["sides"]] == ["A", "B"]
        paths = [side["path"] for side in player["sides"]]
        assert paths == ["/jobs/trial-1/artifacts/a.mp3", "/jobs/trial-1/artifacts/b.mp3"]
        assert not [secret for secret in SECRETS if secret in words_of(trial)]
        assert trial.button(key="save_answer").disabled

    def test_answer_is_saved_and_versions_are_shown(
        self, trial: AppTest, scripted_api: ScriptedApi
    ) -> None:
        trial.radio(key="better_trial-1").set_value("b")
        trial.get_by_key("because_trial-1").set_value(["beat", "moment"])
        trial.text_input(key="note_trial-1").set_value("A stumbles.").run()
        press(trial, "Save the answer")
        answer = ListeningAnswer(better="b", because=["beat", "moment"], note="A stumbles.")
        assert scripted_api.asked == [("answer_trial", answer)]
        text = words_of(trial)
        assert all(secret in text for secret in SECRETS)
        assert "Your answer: B is better, because of: beat, moment." in text
        assert "B · better" in text
        assert "was better than" in text
        assert not trial.radio

    def test_player_has_keys_unless_they_are_off(self, trial: AppTest) -> None:
        answers = {"a": "A is better", "b": "B is better", "e": "equally good"}
        assert player_of(trial)["keys"] == answers
        next(one for one in trial.toggle if one.label == "Keyboard shortcuts").set_value(False)
        trial.run()
        assert player_of(trial)["keys"] is None

    def test_key_chooses_an_answer(self, trial: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trial_section, "before_after", lambda *_, **__: "e")
        trial.run()
        assert trial.radio(key="better_trial-1").value == "same"
        assert not trial.button(key="save_answer").disabled

    def test_answer_given_elsewhere_is_not_overwritten(
        self, trial: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.refusals = {
            "answer_trial": ApiError("conflict", "This trial is answered already.", "Start one.")
        }
        trial.radio(key="better_trial-1").set_value("same").run()
        press(trial, "Save the answer")
        assert "answered already" in words_of(trial)

    def test_unfinished_trial_shows_its_progress(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        waiting = rendered("trial-1").model_copy(update={"status": "running", "duration_s": None})
        scripted_api.trials = {"trial-1": waiting}
        request = ListeningRequest(job_id="job-1", transition=0).model_dump()
        scripted_api.all_jobs = [job("running", id="trial-1", kind="listening", request=request)]
        assert not opened(page).radio

    def test_failed_trial_shows_why(self, page: Page, scripted_api: ScriptedApi) -> None:
        failed = rendered("trial-1").model_copy(update={"status": "failed", "duration_s": None})
        scripted_api.trials = {"trial-1": failed}
        request = ListeningRequest(job_id="job-1", transition=0).model_dump()
        error = {"code": "invalid_request", "message": "These two can only be joined in one way."}
        lost = job("failed", id="trial-1", kind="listening", request=request, error=error)
        scripted_api.all_jobs = [lost]
        assert "can only be joined in one way" in words_of(opened(page))

    def test_unknown_trial_is_named(self, page: Page) -> None:
        assert "This listening trial does not exist" in words_of(opened(page, "gone"))

    def test_trial_starts_from_a_transition(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        scripted_api.all_jobs = [FINISHED]
        scripted_api.files |= {"timeline.json": TIMELINE, "report.json": MEASURED}
        scripted_api.heard = {"a": analysis(120.0), "b": analysis(117.0, "E minor")}
        page("views/result.py")
        app = press(page("views/result.py", job="job-1"), "Compare blind")
        request = ListeningRequest(job_id="job-1", transition=0)
        assert ("start_trial", request) in scripted_api.asked
        assert app.title[0].value == "Listening room"
        assert app.radio(key="better_trial-1")


class TestAnswers:
    def test_answers_are_listed_page_by_page(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.answers = [answered(number) for number in range(PER_PAGE + 3, 0, -1)]
        app = page(VIEW)
        assert words_of(app).count("was better than") == PER_PAGE
        press(app, "Show more")
        assert words_of(app).count("was better than") == PER_PAGE + 3
        assert "Show more" not in [button.label for button in app.button]

    def test_answers_are_fetched_for_export_when_asked(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.answers = [answered(1)]
        app = page(VIEW)
        assert scripted_api.asked == []
        press(app, "Export as CSV")
        assert scripted_api.asked == [("listening_csv", None)]
        assert app.get("download_button")

    def test_room_without_answers_says_where_to_begin(self, page: Page) -> None:
        assert "Compare blind" in words_of(page(VIEW))

    def test_answer_reads_as_a_sentence(self) -> None:
        better = "Blend, 16 bars (as in the mix) was better than Echo out, 2 bars"
        assert listening.answer(answered(1, "a")).startswith(better)
        assert listening.answer(answered(1, "a")).endswith("because of: beat, harmony")
        assert listening.answer(answered(1, "same")).startswith("Equally good")


def test_every_rule_has_a_name() -> None:
    assert set(listening.RULES) == set(RULE_NAMES)


class TestWeights:
    @pytest.fixture
    def rules(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.is_admin, scripted_api.n_answers, scripted_api.usable = True, 24, True
        return press(page("views/dj_rules.py"), "Fit to the answers")

    def test_fit_is_used_and_undone(self, rules: AppTest, scripted_api: ScriptedApi) -> None:
        assert "24 answers of 2 listeners" in words_of(rules)
        assert "explain 15, the fitted ones 21" in words_of(rules)
        assert rules.button(key="undo").disabled
        press(rules, "Use the fitted weights")
        assert "Version 4 is saved." in rules.success[0].value
        press(rules, "Undo the last change of weights")
        assert scripted_api.asked == [("apply_rule_weights", 3), ("undo_rule_weights", 4)]
        assert "Version 5 is saved." in rules.success[0].value

    def test_form_keeps_the_weights(self, rules: AppTest, scripted_api: ScriptedApi) -> None:
        press(rules, "Use the fitted weights")
        rules.get_by_key("rules 4 stretch").set_value(4.0).run()
        rules.button(key="save_rules").click().run()
        assert scripted_api.rules.rules.rule_weights == {"keys_agree": 2.25}

    def test_few_answers_are_counted(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.is_admin, scripted_api.n_answers = True, 7
        app = page("views/dj_rules.py")
        press(app, "Fit to the answers")
        assert "7 of at least 20 answers." in words_of(app)
        assert app.button(key="use_weights").disabled
