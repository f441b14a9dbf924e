"""YouTube connections: status, playlists, verification, disconnecting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.contract.publishing import ChannelView, PlaylistView
from backend.app.errors import NotBefore, ReconnectNeeded, YouTubeRefused
from backend.app.publishing.youtube import connection
from backend.app.publishing.youtube.connection import UPLOAD
from backend.app.publishing.youtube.quota_day import quota_day
from backend.app.publishing.youtube.tokens import StoredTokens
from backend.app.settings import Settings
from backend.app.store.accounts.youtube import YouTubeInsertRow

from ..stand_ins.connected import House
from ..stand_ins.google import HTML, IN_TROUBLE, Google
from ..stand_ins.local_server import Response, refused


def with_settings(house: House, **values: object) -> House:
    settings = Settings.model_validate({**house.settings.model_dump(), **values})
    return House(settings, house.database, house.google)


def test_unconnected_status_shows_the_servers_limits(house: House) -> None:
    status = house.connections().status("ada")
    assert (status.connected, status.missing_setting, status.channel) == (False, None, None)
    assert status.uploads_left_today == status.uploads_per_day == 100
    assert status.uploads_reset_at == quota_day(datetime.now(UTC))[1]


def test_status_shows_channel_and_permissions(house: House) -> None:
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


def test_upload_scope_alone_connects(house: House, google: Google) -> None:
    tokens = StoredTokens(access_token="a", refresh_token="r", expires_at=4e9)
    house.connections().connect("ada", tokens, UPLOAD)
    status = house.connections().status("ada")
    assert (status.connected, status.may_upload, status.may_manage) == (True, True, False)
    assert status.channel is None
    assert any(note.startswith("Only uploads are allowed") for note in status.notes)
    # YouTube would refuse to name the channel.
    assert google.requests == []


def test_account_without_channel_is_rejected(house: House, google: Google) -> None:
    google.channel = None
    with pytest.raises(YouTubeRefused) as caught:
        house.connect("ada")
    assert caught.value.code == "no_channel"
    assert not house.connections().status("ada").connected


@pytest.mark.parametrize(("days", "said"), [(0, "less than a day"), (1, "1 day"), (6, "6 days")])
def test_testing_mode_connection_shows_its_age(house: House, days: int, said: str) -> None:
    house.connect("ada")
    house.change("ada", connected_at=datetime.now(UTC) - timedelta(days=days, hours=1))
    status = house.connections().status("ada")
    # a minute, for slow machines
    assert status.token_age_days == pytest.approx(days + 1 / 24, abs=1 / 1440)
    assert (
        "If Google lists this app as “Testing”, the connection ends after 7 days. "
        f"Yours is {said} old." in status.notes
    )


def test_connection_that_outlived_testing_mode_has_no_age_warning(house: House) -> None:
    house.connect("ada")
    house.change("ada", connected_at=datetime.now(UTC) - timedelta(days=8))
    status = house.connections().status("ada")
    assert not any("Testing" in note for note in status.notes)


def test_uploads_left_count_in_pacific_time_from_zero(house: House) -> None:
    began, _ = quota_day(datetime.now(UTC))
    made = [began - timedelta(seconds=1), began, began + timedelta(seconds=1)]
    with house.database.write() as session:
        session.add_all(YouTubeInsertRow(job_id="j", made_at=moment) for moment in made)
    for a_day, left in ((100, 98), (1, 0)):
        status = with_settings(house, youtube_uploads_per_day=a_day).connections().status("bob")
        assert (status.uploads_per_day, status.uploads_left_today) == (a_day, left)


def test_missing_client_names_the_setting(house: House) -> None:
    house.settings.google_client_secrets.unlink()
    assert house.connections().status("ada").missing_setting == "GOOGLE_CLIENT_SECRETS"


def test_all_pages_of_playlists_are_listed(house: House, google: Google) -> None:
    house.connect("ada")
    google.playlists = [(f"PL{i}", f"Set {i}") for i in range(5)]
    found = house.connections().playlists("ada").playlists
    assert found == [PlaylistView(id=f"PL{i}", title=f"Set {i}") for i in range(5)]


def test_token_rejected_between_pages_is_refreshed(house: House, google: Google) -> None:
    grant = house.connect("ada", good_for_s=3600)
    google.playlists = [("PL0", "Set 0")]
    google.youtube_faults = [refused(401, "authError")]
    assert len(house.connections().playlists("ada").playlists) == 1
    assert google.refreshes == [grant.refresh_token]


def test_used_up_quota_says_until_when(house: House, google: Google) -> None:
    house.connect("ada", good_for_s=3600)
    google.youtube_faults = [refused(403, "quotaExceeded")]
    with pytest.raises(NotBefore) as caught:
        house.connections().playlists("ada")
    assert caught.value.until_s == quota_day(datetime.now(UTC))[1].timestamp()


def test_disconnecting_revokes_and_deletes(house: House, google: Google) -> None:
    grant = house.connect("ada")
    house.connect("bob", good_for_s=3600)
    status = house.connections().disconnect("ada")
    assert grant.is_revoked
    assert (status.connected, status.notes) == (False, [])
    assert house.connections().status("bob").connected
    assert house.connections().access_token("bob") == "ya29.first-of-bob"


@pytest.mark.parametrize(
    "trouble", [IN_TROUBLE, Response(None), Response(302, b"", {"Location": "/"})]
)
def test_unreachable_google_does_not_prevent_disconnecting(
    house: House, google: Google, trouble: Response
) -> None:
    house.connect("ada")
    google.revocation_fault = trouble
    status = house.connections().disconnect("ada")
    assert not status.connected
    assert "could not be revoked at Google" in status.notes[0]
    assert "myaccount.google.com/connections" in status.notes[0]


def test_dead_connection_is_deleted_without_a_note(house: House, google: Google) -> None:
    house.connect("ada").is_revoked = True
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")
    status = house.connections().disconnect("ada")
    assert (status.connected, status.notes) == (False, [])


def test_undecryptable_connection_is_deleted_with_a_note(
    house: House,
) -> None:
    house.connect("ada")
    house.change("ada", sealed="broken")
    assert "could not be revoked at Google" in house.connections().disconnect("ada").notes[0]


def test_disconnecting_twice_is_no_error(house: House) -> None:
    house.connect("ada")
    house.connections().disconnect("ada")
    assert house.connections().disconnect("ada").notes == []


def test_html_from_youtube_connects_nothing(house: House, google: Google) -> None:
    google.youtube_faults = [HTML] * 2
    with pytest.raises(Exception, match="cannot be reached"):
        house.connect("ada")
    assert not house.connections().status("ada").connected


@pytest.mark.parametrize(
    ("said", "takes"), [("", None), ("allowed", True), ("eligible", False), ("disallowed", False)]
)
def test_status_shows_whether_long_videos_are_allowed(
    house: House, google: Google, said: str, takes: bool | None
) -> None:
    assert house.connections().takes_long_videos("ada") is None
    google.long_uploads = said
    house.connect("ada", good_for_s=3600.0)
    assert house.connections().takes_long_videos("ada") is takes


def test_unverified_channel_is_asked_again_until_verified(house: House, google: Google) -> None:
    google.long_uploads = "eligible"
    house.connect("ada", good_for_s=3600.0)
    google.long_uploads = "allowed"
    assert house.connections().takes_long_videos("ada") is True
    n_requests = len(google.requests)
    assert house.connections().takes_long_videos("ada") is True
    assert len(google.requests) == n_requests, "a known answer is not asked for again"


def questions(google: Google) -> int:
    """The number of questions about the channel since it was connected."""
    return [request.path for request in google.requests].count("/youtube/v3/channels") - 1


def waiting_for_its_owner(house: House, google: Google, *, good_for_s: float = 3600.0) -> None:
    google.long_uploads = "eligible"
    house.connect("ada", good_for_s=good_for_s)


@pytest.mark.parametrize("troubles", [0, 9])
def test_youtube_is_asked_at_most_once_in_minutes(
    house: House, google: Google, troubles: int
) -> None:
    waiting_for_its_owner(house, google)
    google.youtube_faults = [IN_TROUBLE] * troubles
    for _ in range(5):  # each time in a new process, without memory of the last request
        assert house.connections().takes_long_videos("ada") is False
    assert questions(google) == 1
    google.youtube_faults, google.long_uploads = [], "allowed"
    house.change("ada", long_videos_asked_at=datetime.now(UTC) - timedelta(minutes=2, seconds=30))
    assert house.connections().takes_long_videos("ada") is False
    house.change("ada", long_videos_asked_at=datetime.now(UTC) - timedelta(minutes=3))
    assert house.connections().takes_long_videos("ada") is True
    assert questions(google) == 2


def test_concurrent_questions_are_asked_once(house: House, google: Google) -> None:
    waiting_for_its_owner(house, google)
    with ThreadPoolExecutor(4) as pool:
        connections = house.connections()
        found = list(pool.map(connections.takes_long_videos, ["ada"] * 4))
    assert (found, questions(google)) == ([False] * 4, 1)


def test_result_is_stored_after_a_token_refresh(house: House, google: Google) -> None:
    waiting_for_its_owner(house, google, good_for_s=0.0)
    google.long_uploads = "allowed"
    assert house.connections().takes_long_videos("ada") is True
    google.youtube_faults = [IN_TROUBLE] * 9
    assert house.connections().takes_long_videos("ada") is True


def test_slow_youtube_does_not_block_a_form(
    house: House, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_for_its_owner(house, google)
    monkeypatch.setattr(connection, "_TYPING_TIMEOUT_S", 0.1)
    google.long_uploads, google.channel_delay_s = "allowed", 3.0
    # Without the timeout, the answer would be True after 3 s.
    assert house.connections().takes_long_videos("ada") is False


def test_refused_fresh_token_needs_reconnect(house: House, google: Google) -> None:
    grant = house.connect("ada", good_for_s=3600)
    google.youtube_faults = [refused(401, "authError")] * 2
    with pytest.raises(ReconnectNeeded):
        house.connections().playlists("ada")
    assert google.refreshes == [grant.refresh_token]
    assert house.connections().status("ada").needs_reconnect
    with pytest.raises(ReconnectNeeded):
        house.connections().access_token("ada")


def test_single_refusal_or_missing_channel_needs_no_reconnect(house: House, google: Google) -> None:
    house.connect("ada", good_for_s=3600)
    google.youtube_faults = [refused(401, "authError")]
    house.connections().playlists("ada")
    google.youtube_faults = [refused(401, "youtubeSignupRequired")] * 2
    with pytest.raises(YouTubeRefused):
        house.connections().playlists("ada")
    assert not house.connections().status("ada").needs_reconnect


def test_refusal_of_an_old_token_changes_nothing(house: House) -> None:
    house.connect("ada", good_for_s=3600)
    house.connections().refused("ada", "ya29.of-the-connection-before")
    house.connections().refused("bob", "ya29.of-nobody")
    house.change("ada", refreshing_until_s=4e9)  # as if another process were refreshing
    house.connections().refused("ada", "ya29.first-of-ada")
    assert not house.connections().status("ada").needs_reconnect


def test_unreachable_youtube_changes_nothing(house: House, google: Google) -> None:
    google.long_uploads = "eligible"
    house.connect("ada", good_for_s=3600.0)
    google.youtube_faults = [IN_TROUBLE, IN_TROUBLE]
    assert house.connections().takes_long_videos("ada") is False
