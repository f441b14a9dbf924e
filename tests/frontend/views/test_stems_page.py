"""Stems page: form, progress, result, saved mixes."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.jobs import JobView, StemFader, StemMixRequest, StemsRequest
from backend.app.contract.stems import (
    FOUR_STEMS,
    SeparatorList,
    SeparatorView,
    StemsView,
    StemView,
    TrackStemsView,
)
from frontend.api.errors import ApiError
from frontend.components.players.stem_player import fader_label, row
from tests.frontend.scripted_api import CRATE, DRAFT_ONLY, ScriptedApi, artifact, job, track
from tests.frontend.views.test_pages import Page, words_of

NOTICE = "Released for *scientific* purposes."
DEMUCS = SeparatorView(
    model="htdemucs",
    label="Demucs htdemucs",
    draft=False,
    stems=list(FOUR_STEMS),
    ready=False,
    download_mb=80.2,
    notice=NOTICE,
)
SIX = DEMUCS.model_copy(
    update={"model": "six", "ready": True, "stems": [*FOUR_STEMS, "guitar", "piano"]}
)
NEEDS_DOWNLOAD = SeparatorList(default="htdemucs", separators=[DEMUCS, *DRAFT_ONLY.separators])
FADERS = [{"stem": "bass", "gain_db": 0.0}, {"stem": "vocals", "gain_db": -3.5}]


def stem(name: str, track: str, *, silent: bool = False) -> StemView:
    return StemView.model_validate(
        {
            "stem": name,
            "file": f"stems/{track}/{name}.flac",
            "loudness_lufs": None if silent else -20.25,
            "peak_dbfs": -6.0,
            "silent": silent,
            "peaks": [0.0, 0.5] * 900,
        }
    )


def track_stems(track_id: str, title: str, **more: object) -> TrackStemsView:
    return TrackStemsView.model_validate(
        {
            "track_id": track_id,
            "title": title,
            "artist": "Ada",
            "duration_s": 90.0,
            "stems": [stem("bass", title), stem("vocals", title, silent=True)],
            "residual_db": -71.6,
            "bins_per_s": 20.0,
            **more,
        }
    )


STEMS = StemsView(
    model="draft",
    label="Draft",
    draft=True,
    device="processor",
    tracks=[track_stems("a", "First"), track_stems("b", "Second", residual_db=None, gain_db=-1.2)],
)


def stems_job(status: str = "succeeded", **more: object) -> JobView:
    files = [artifact(one.file).model_dump() for track in STEMS.tracks for one in track.stems]
    sound = [{**file, "media_type": "audio/flac"} for file in files]
    request = StemsRequest(tracks_upload_id="crate-1").model_dump()
    return job(
        status, id="s1", kind="stems", title="Both", request=request, artifacts=sound, **more
    )


def mix_job(status: str, **more: object) -> JobView:
    request = {"kind": "stem_mix", "job_id": "s1", "track_id": "a", "faders": FADERS}
    return job(status, id="x1", kind="stem_mix", title="First (mix)", request=request, **more)


class TestForm:
    @pytest.fixture
    def asking(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.crates = {"crate-1": CRATE}
        page("views/stems.py")
        app = page("views/stems.py", crate="crate-1")
        assert not app.exception
        return app

    def start(self, app: AppTest) -> AppTest:
        app.button(key="start").click().run()
        assert not app.exception
        return app

    def test_form_needs_a_song(self, page: Page) -> None:
        app = page("views/stems.py")
        assert app.button(key="start").disabled
        assert "Drop at least one song first." in words_of(app)

    def test_whole_crate_is_separated_in_one_job(
        self, asking: AppTest, scripted_api: ScriptedApi
    ) -> None:
        assert "2 tracks, ready." in words_of(asking)
        app = self.start(asking)
        request = StemsRequest(tracks_upload_id="crate-1", model="draft", format="flac")
        assert scripted_api.ask_of("stems") == request
        assert app.query_params["job"] in ("stems-1", ["stems-1"])

    def test_song_stems_and_format_can_be_chosen(
        self, asking: AppTest, scripted_api: ScriptedApi
    ) -> None:
        asking.get_by_key("stems_which").set_value("b")
        asking.get_by_key("stems_of_draft").set_value(["vocals", "drums"])
        asking.get_by_key("stems_format").set_value("mp3")
        self.start(asking.run())
        request = scripted_api.ask_of("stems")
        assert isinstance(request, StemsRequest)
        assert (request.track_id, request.tracks_upload_id) == ("b", None)
        assert set(request.stems or []) == {"vocals", "drums"}
        assert request.format == "mp3"

    def test_removed_track_is_not_separated(
        self, page: Page, asking: AppTest, scripted_api: ScriptedApi
    ) -> None:
        tracks = [track(one, one.upper()) for one in "abc"]
        scripted_api.crates = {"crate-1": CRATE.model_copy(update={"tracks": tracks})}
        asking.run()
        asking.button(key="stems_remove_b").click().run()
        assert asking.get_by_key("stems_which").options == ["Both tracks", "A", "C"]
        assert "2 tracks, ready: one job each." in words_of(asking)
        asking.button(key="start").click().run()
        asked = [ask for what, ask in scripted_api.asked if what == "start"]
        assert [ask.track_id for ask in asked if isinstance(ask, StemsRequest)] == ["a", "c"]
        assert asking.title[0].value == "Jobs"

    def test_form_needs_a_stem(self, asking: AppTest) -> None:
        asking.get_by_key("stems_of_draft").set_value([]).run()
        assert asking.button(key="start").disabled
        assert "Choose at least one stem." in words_of(asking)

    def test_stems_depend_on_the_separator(
        self, asking: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.known_separators = SeparatorList(default="six", separators=[SIX])
        asking.run()
        asking.get_by_key("separator").set_value("six").run()
        assert asking.get_by_key("stems_of_six").options[-2:] == ["Guitar", "Piano"]

    def test_draft_separator_is_explained(self, asking: AppTest) -> None:
        assert "bleed between its stems" in words_of(asking)

    def test_model_notice_must_be_accepted(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        scripted_api.known_separators = NEEDS_DOWNLOAD
        page("views/stems.py")
        app = page("views/stems.py", crate="crate-1")
        assert "Released for \\*scientific\\* purposes\\." in words_of(app)
        assert app.button(key="start").disabled
        box = app.checkbox(key="separator_accepted_htdemucs")
        assert box.label == "I have read this. Download the model (80 MB)."
        box.check().run()
        self.start(app)
        request = scripted_api.ask_of("stems")
        assert isinstance(request, StemsRequest)
        assert (request.model, request.weights_notice_accepted) == ("htdemucs", True)

    def test_installed_model_shows_no_notice(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.known_separators = SeparatorList(default="six", separators=[SIX])
        app = page("views/stems.py")
        assert "scientific" not in words_of(app)
        assert not app.checkbox

    def test_refused_job_shows_message_and_hint(
        self, asking: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.refusals = {
            "start": ApiError("unknown_model", "There is no such separator.", "Use draft")
        }
        self.start(asking)
        assert "There is no such separator." in words_of(asking)
        assert "Use draft" in words_of(asking)

    def test_crate_of_new_mixtape_can_be_used(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page(crate="crate-1")
        del app.query_params["crate"]  # a browser removes it when the page changes
        app.switch_page("views/stems.py").run()
        app.button(key="stems_crate_id_take").click().run()
        assert "2 tracks, ready." in words_of(app)

    def test_deleted_tracks_are_reported(self, page: Page) -> None:
        app = page("views/stems.py")
        app.query_params["crate"] = "gone"
        app.run()
        assert "no longer on the server" in words_of(app)
        assert "crate" not in app.query_params
        zone = json.loads(app.get("bidi_component")[0].proto.json)
        assert zone["upload_id"] is None  # the next files start a new crate

    def test_reloaded_draft_can_start_over(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.crates = {"crate-1": CRATE}
        app = page("views/stems.py", crate="crate-1")
        app.button(key="stems_start_over").click().run()
        assert "crate" not in app.query_params

    def test_recent_job_can_be_opened(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.all_jobs = [stems_job()]
        scripted_api.files["stems.json"] = STEMS
        app = page("views/stems.py")
        app.button(key="recent_s1").click().run()
        assert app.title[0].value == "Both"


class TestResult:
    @pytest.fixture
    def result(self, page: Page, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.all_jobs = [stems_job(notes=["Separated by a draft."])]
        scripted_api.files["stems.json"] = STEMS
        return self.opened(page)

    def opened(self, page: Page) -> AppTest:
        page("views/stems.py")
        app = page("views/stems.py", job="s1")
        assert not app.exception
        return app

    def press_save(self, app: AppTest) -> AppTest:
        app.session_state["stems_s1_a"] = {"save": {"faders": FADERS, "format": "wav"}}
        app.run()
        assert not app.exception
        return app

    def test_result_shows_draft_badge_and_measurements(self, result: AppTest) -> None:
        text = words_of(result)
        assert ":material/draft: Draft" in text
        assert "2 tracks · Separated by a draft\\." in text
        assert "The stems add up to the song." in text
        [whole] = [one for one in result.caption if one.value.startswith("The stems add up")]
        assert whole.help == "The difference is 72 dB below it."
        assert "turned down by 1.2 dB" in text

    def test_archive_can_be_downloaded(self, result: AppTest) -> None:
        archive = result.link_button[0]
        assert archive.value == "All as one ZIP · 6.0 MB"
        assert archive.url == "http://localhost:8000/signed/save/artifacts.zip"

    def test_saving_sends_the_faders(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        self.press_save(result)
        faders = [StemFader.model_validate(one) for one in FADERS]
        assert scripted_api.ask_of("stem_mix") == StemMixRequest(
            job_id="s1", track_id="a", faders=faders, format="wav"
        )
        assert "**Saved mix:** Bass, Vocals −3.5 dB" in words_of(result)

    def test_same_mix_is_saved_once(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        self.press_save(self.press_save(result))
        assert [what for what, _ in scripted_api.asked].count("start") == 1

    @pytest.mark.parametrize("ended", ["failed", "cancelled"])
    def test_mix_that_was_never_made_can_be_saved_again(
        self, result: AppTest, scripted_api: ScriptedApi, ended: str
    ) -> None:
        self.press_save(result)
        *others, mix = scripted_api.all_jobs
        scripted_api.all_jobs = [*others, mix.model_copy(update={"status": ended})]
        self.press_save(result)
        assert [what for what, _ in scripted_api.asked].count("start") == 2

    def test_refused_mix_shows_its_error(self, result: AppTest, scripted_api: ScriptedApi) -> None:
        scripted_api.refusals = {"start": ApiError("too_many_jobs", "You have too many.", "Wait")}
        self.press_save(result)
        assert "You have too many." in words_of(result)

    def test_saved_mix_can_be_played_and_downloaded(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        file = {**artifact("mix.mp3").model_dump(), "media_type": "audio/mpeg"}
        scripted_api.all_jobs = [stems_job(), mix_job("succeeded", artifacts=[file])]
        scripted_api.files["stems.json"] = STEMS
        app = self.opened(page)
        links = {link.value: link.url for link in app.link_button}
        assert links["MP3 · 1.5 MB"] == "http://localhost:8000/signed/save/mix.mp3"
        assert app.get("audio")[0].url == "http://localhost:8000/signed/show/mix.mp3"

    def test_failed_mix_shows_its_error(self, page: Page, scripted_api: ScriptedApi) -> None:
        error = {"code": "not_found", "message": "The song is gone.", "hint": "Upload it"}
        scripted_api.all_jobs = [stems_job(), mix_job("failed", error=error)]
        scripted_api.files["stems.json"] = STEMS
        assert "The song is gone." in words_of(self.opened(page))

    def test_running_job_shows_its_progress(self, page: Page, scripted_api: ScriptedApi) -> None:
        scripted_api.all_jobs = [
            stems_job("running", step="fetching_weights", progress=12.0, eta_s=44.0)
        ]
        app = self.opened(page)
        assert app.progress[0].text == "Downloading the model — about 40 seconds left"
        assert app.button(key="Cancel_s1").label == "Cancel"

    def test_failed_download_shows_hint_and_retry(
        self, page: Page, scripted_api: ScriptedApi
    ) -> None:
        error = {
            "code": "weights_unreachable",
            "message": "The model cannot be fetched.",
            "hint": "Connect",
            "retryable": True,
        }
        scripted_api.all_jobs = [stems_job("failed", error=error)]
        app = self.opened(page)
        assert "The model cannot be fetched." in words_of(app)
        assert "Connect" in words_of(app)
        assert app.button(key="Retry_s1").label == "Retry"


def test_player_row_of_a_stem() -> None:
    view = stem("bass", "Ada - Rain")
    made = {view.file: artifact(view.file, size=9)}
    cells = row("s1", view, made)
    assert cells["path"] == "/jobs/s1/artifacts/stems/Ada%20-%20Rain/bass.flac"
    assert (cells["label"], cells["size"], cells["loudness"]) == ("Bass", 9, "−20.2 LUFS")
    # Each point of the picture is the larger of two values.
    assert cells["peaks"] == [0.5] * 900


@pytest.mark.parametrize(
    ("gain_db", "text"), [(0.0, "Drums"), (-3.0, "Drums −3.0 dB"), (2.5, "Drums +2.5 dB")]
)
def test_fader_label_has_a_sign(gain_db: float, text: str) -> None:
    assert fader_label(StemFader(stem="drums", gain_db=gain_db)) == text
