"""How a connection to YouTube stands, what the channel has, and how the connection ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from backend.app.contract.publishing import ChannelView, PlaylistView
from backend.app.errors import NotBefore, ReconnectNeeded, YouTubeRefused
from backend.app.publishing import youtube_connection
from backend.app.publishing.quota_day import quota_day
from backend.app.publishing.youtube_connection import UPLOAD
from backend.app.publishing.youtube_tokens import KeptTokens
from backend.app.settings import Settings
from backend.app.store.publication_tables import YouTubeInsertRow

from .connected import House
from .google_stand_in import HTML, IN_TROUBLE, Google
from .local_server import Told, refused


def with_settings(house: House, **values: object) -> House:
    settings = Settings.model_validate({**house.settings.model_dump(), **values})
    return House(settings, house.database, house.google)


def test_who_has_no_connection_is_told_what_there_is_to_connect_to(house: House) -> None:
    status = house.connections().status("ada")
    assert (status.connected, status.missing_setting, status.channel) == (False, None, None)
    assert status.uploads_left_today == status.uploads_per_day == 100
    assert status.uploads_reset_at == quota_day(datetime.now(UTC))[1]


def test_a_connection_says_whose_channel_it_is_and_what_may_be_done(house: House) -> None:
    house.connect("ada")
    status = house.connections().status("ada")
    assert status.connected
    assert not status.needs_reconnect
    assert (status.may_upload, status.may_manage) == (True, True)
    assert status.channel == ChannelView(
        id="UCada",
        title="Ada’s sets",
        url="https://www.youtube.com/channel/UCada",
        picture_url="https://yt3.example/ada.jpg",
    )


def test_uploads_alone_are_enough_to_be_connected(house: House, google: Google) -> None:
    tokens = KeptTokens(access_token="a", refresh_token="r", expires_at=4e9)
    house.connections().keep("ada", tokens, UPLOAD)
    status = house.connections().status("ada")
    assert (status.connected, status.may_upload, status.may_manage) == (True, True, False)
    assert status.channel is None
    assert any(note.startswith("Only uploads are allowed") for note in status.notes)
    # YouTube would refuse the question whose channel it is
    assert google.asked == []


def test_an_account_without_a_channel_is_not_connected(house: House, google: Google) -> None:
    google.channel = None
    with pytest.raises(YouTubeRefused) as caught:
        house.connect("ada")
    assert caught.value.code == "no_channel"
    assert not house.connections().status("ada").connected


@pytest.mark.parametrize(("days", "said"), [(0, "less than a day"), (1, "1 day"), (6, "6 days")])
def test_a_connection_that_may_live_for_a_week_says_how_old_it_is(
    house: House, days: int, said: str
) -> None:
    house.connect("ada")
    house.change("ada", connected_at=datetime.now(UTC) - timedelta(days=days, hours=1))
    status = house.connections().status("ada")
    # A minute: a slow machine
    assert status.token_age_days == pytest.approx(days + 1 / 24, abs=1 / 1440)
    assert (
        "A consent screen in testing mode lets a connection live for 7 days; "
        f"this one is {said} old." in status.notes
    )


@pytest.mark.parametrize(("days", "verified"), [(8, False), (1, True)])
def test_one_that_outlived_the_week_or_whose_project_is_audited_is_not_warned_about(
    house: House, days: int, verified: bool
) -> None:
    house.connect("ada")
    house.change("ada", connected_at=datetime.now(UTC) - timedelta(days=days))
    moved = with_settings(house, youtube_project_verified=verified)
    status = moved.connections().status("ada")
    assert not any("testing mode" in note for note in status.notes)
    assert any("audited" in note for note in status.notes) != verified


def test_uploads_of_today_are_counted_in_pacific_time_and_never_below_none(house: House) -> None:
    began, _ = quota_day(datetime.now(UTC))
    made = [began - timedelta(seconds=1), began, began + timedelta(seconds=1)]
    with house.database.write() as session:
        session.add_all(YouTubeInsertRow(job_id="j", made_at=moment) for moment in made)
    for a_day, left in ((100, 98), (1, 0)):
        status = with_settings(house, youtube_uploads_per_day=a_day).connections().status("bob")
        assert (status.uploads_per_day, status.uploads_left_today) == (a_day, left)


def test_a_server_without_a_client_says_which_setting_is_missing(house: House) -> None:
    house.settings.google_client_secrets.unlink()
    assert house.connections().status("ada").missing_setting == "GOOGLE_CLIENT_SECRETS"


def test_all_playlists_are_listed_however_many_pages_they_fill(
    house: House, google: Google
) -> None:
    house.connect("ada")
    google.playlists = [(f"PL{i}", f"Set {i}") for i in range(5)]
    found = house.connections().playlists("ada").playlists
    assert found == [PlaylistView(id=f"PL{i}", title=f"Set {i}") for i in range(5)]


def test_a_token_that_youtube_rejects_early_is_refreshed_in_mid_list(
    house: House, google: Google
) -> None:
    grant = house.connect("ada", good_for_s=3600)
    google.playlists = [("PL0", "Set 0")]
    google.youtube_faults = [refused(401, "authError")]
    assert len(house.connections().playlists("ada").playlists) == 1
    assert google.refreshes == [grant.refresh_token]


def test_a_spent_quota_says_until_when(house: House, google: Google) -> None:
    house.connect("ada", good_for_s=3600)
    google.youtube_faults = [refused(403, "quotaExceeded")]
    with pytest.raises(NotBefore) as caught:
        house.connections().playlists("ada")
    assert caught.value.until_s == quota_day(datetime.now(UTC))[1].timestamp()


def test_disconnecting_revokes_at_google_and_forgets(house: House, google: Google) -> None:
    grant = house.connect("ada")
    house.connect("bob", good_for_s=3600)
    status = house.connections().disconnect("ada")
    assert grant.is_revoked
    assert (status.connected, status.notes) == (False, [])
    assert house.connections().status("bob").connected
    assert house.connections().access_token("bob") == "ya29.first-of-bob"


@pytest.mark.parametrize("trouble", [IN_TROUBLE, Told(None), Told(302, b"", {"Location": "/"})])
def test_a_google_that_cannot_be_told_keeps_nobody_connected(
    house: House, google: Google, trouble: Told
) -> None:
    house.connect("ada")
    google.revocation_fault = trouble
    status = house.connections().disconnect("ada")
    assert not status.connected
    assert "Google could not be told" in status.notes[0]
    assert "myaccount.google.com/connections" in status.notes[0]


def test_a_dead_connection_is_forgotten_without_a_word(house: House, google: Google) -> None:
    house.connect("ada").is_revoked = True
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")
    status = house.connections().disconnect("ada")
    assert (status.connected, status.notes) == (False, [])


def test_a_row_that_cannot_be_opened_is_forgotten_and_says_what_is_left_to_do(
    house: House,
) -> None:
    house.connect("ada")
    house.change("ada", sealed="broken")
    assert "Google could not be told" in house.connections().disconnect("ada").notes[0]


def test_disconnecting_twice_is_no_error(house: House) -> None:
    house.connect("ada")
    house.connections().disconnect("ada")
    assert house.connections().disconnect("ada").notes == []


def test_html_from_youtube_connects_nobody(house: House, google: Google) -> None:
    google.youtube_faults = [HTML] * 2
    with pytest.raises(Exception, match="cannot be reached"):
        house.connect("ada")
    assert not house.connections().status("ada").connected


@pytest.mark.parametrize(
    ("said", "takes"), [("", None), ("allowed", True), ("eligible", False), ("disallowed", False)]
)
def test_a_channel_says_whether_it_takes_long_videos(
    house: House, google: Google, said: str, takes: bool | None
) -> None:
    assert house.connections().takes_long_videos("ada") is None
    google.long_uploads = said
    house.connect("ada", good_for_s=3600.0)
    assert house.connections().takes_long_videos("ada") is takes


def test_a_channel_that_took_none_is_asked_again_until_it_does(
    house: House, google: Google
) -> None:
    google.long_uploads = "eligible"
    house.connect("ada", good_for_s=3600.0)
    google.long_uploads = "allowed"
    assert house.connections().takes_long_videos("ada") is True
    asked = len(google.asked)
    assert house.connections().takes_long_videos("ada") is True
    assert len(google.asked) == asked, "what is known to be so is not asked again"


def questions(google: Google) -> int:
    """How often the channel was asked for since it was connected."""
    return [asked.path for asked in google.asked].count("/youtube/v3/channels") - 1


def waiting_for_its_owner(house: House, google: Google, *, good_for_s: float = 3600.0) -> None:
    google.long_uploads = "eligible"
    house.connect("ada", good_for_s=good_for_s)


@pytest.mark.parametrize("troubles", [0, 9])
def test_who_types_asks_youtube_once_in_some_minutes_whether_it_answers_or_not(
    house: House, google: Google, troubles: int
) -> None:
    waiting_for_its_owner(house, google)
    google.youtube_faults = [IN_TROUBLE] * troubles
    for _ in range(5):  # each time as another process would, which remembers nothing
        assert house.connections().takes_long_videos("ada") is False
    assert questions(google) == 1
    google.youtube_faults, google.long_uploads = [], "allowed"
    house.change("ada", long_videos_asked_at=datetime.now(UTC) - timedelta(minutes=2, seconds=30))
    assert house.connections().takes_long_videos("ada") is False
    house.change("ada", long_videos_asked_at=datetime.now(UTC) - timedelta(minutes=3))
    assert house.connections().takes_long_videos("ada") is True
    assert questions(google) == 2


def test_two_who_type_at_once_ask_once(house: House, google: Google) -> None:
    waiting_for_its_owner(house, google)
    with ThreadPoolExecutor(4) as pool:
        connections = house.connections()
        found = list(pool.map(connections.takes_long_videos, ["ada"] * 4))
    assert (found, questions(google)) == ([False] * 4, 1)


def test_what_was_found_is_kept_though_the_token_had_to_be_refreshed_for_it(
    house: House, google: Google
) -> None:
    waiting_for_its_owner(house, google, good_for_s=0.0)
    google.long_uploads = "allowed"
    assert house.connections().takes_long_videos("ada") is True
    google.youtube_faults = [IN_TROUBLE] * 9
    assert house.connections().takes_long_videos("ada") is True


def test_no_form_hangs_for_a_youtube_that_is_slow(
    house: House, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_for_its_owner(house, google)
    monkeypatch.setattr(youtube_connection, "_TYPING_TIMEOUT_S", 0.1)
    google.long_uploads, google.muses_s = "allowed", 1.0
    began_s = monotonic()
    assert house.connections().takes_long_videos("ada") is False
    assert monotonic() - began_s < google.muses_s


def test_a_fresh_token_that_is_refused_too_needs_a_new_connection(
    house: House, google: Google
) -> None:
    grant = house.connect("ada", good_for_s=3600)
    google.youtube_faults = [refused(401, "authError")] * 2
    with pytest.raises(ReconnectNeeded):
        house.connections().playlists("ada")
    assert google.refreshes == [grant.refresh_token]
    assert house.connections().status("ada").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")


def test_one_token_refused_or_a_channel_gone_needs_none(house: House, google: Google) -> None:
    house.connect("ada", good_for_s=3600)
    google.youtube_faults = [refused(401, "authError")]
    house.connections().playlists("ada")
    google.youtube_faults = [refused(401, "youtubeSignupRequired")] * 2
    with pytest.raises(YouTubeRefused):
        house.connections().playlists("ada")
    assert not house.connections().status("ada").needs_reconnect


def test_a_token_refused_after_the_connection_has_got_others_ends_nothing(house: House) -> None:
    house.connect("ada", good_for_s=3600)
    house.connections().refused("ada", "ya29.of-the-connection-before")
    house.connections().refused("bob", "ya29.of-nobody")
    house.change("ada", refreshing_until_s=4e9)  # somebody is about to find it out
    house.connections().refused("ada", "ya29.first-of-ada")
    assert not house.connections().status("ada").needs_reconnect


def test_a_youtube_that_cannot_be_asked_changes_nothing(house: House, google: Google) -> None:
    google.long_uploads = "eligible"
    house.connect("ada", good_for_s=3600.0)
    google.youtube_faults = [IN_TROUBLE, IN_TROUBLE]
    assert house.connections().takes_long_videos("ada") is False
