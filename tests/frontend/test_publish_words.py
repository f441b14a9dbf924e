"""Counting and naming as YouTube does, and a draft as the request that it becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.app.contract.publishing import PublicationView
from frontend import publish_words, words
from frontend.publishing import NEW_PLAYLIST, VideoDraft, tomorrow_evening
from tests.frontend.scripted_api import job
from tests.frontend.youtube_data import publication

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def test_tags_are_counted_with_their_commas_and_with_quotes_round_spaces() -> None:
    assert publish_words.tags_length([]) == 0
    assert publish_words.tags_length(["house"]) == 5
    assert publish_words.tags_length(["house", "deep house"]) == 5 + 1 + 10 + 2


def test_a_moment_close_by_is_said_as_such() -> None:
    nine = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert words.when(nine, "Europe/Berlin", NOW) == "tomorrow at 09:00"
    assert words.when(nine, "Pacific/Auckland", NOW) == "today at 21:00"
    assert words.when(nine.replace(day=30), None, NOW) == "on 30 Nov 2026 at 08:00"
    assert words.when(nine, "Nowhere/Land", NOW) == "tomorrow at 08:00"


def test_a_job_that_is_held_back_says_for_what() -> None:
    later = datetime(2031, 1, 2, 8, 0, tzinfo=UTC)
    held = job("queued", queue_position=2, resumes_at=later)
    assert words.standing(held, "Europe/Berlin") == "Goes on on 2 Jan 2031 at 09:00"
    assert words.standing(job("queued", waits_for="m")) == "Waits for the mix to be ready"
    assert words.standing(job("queued", queue_position=2)) == "Waiting — number 2 in line"


def test_what_is_left_empty_is_the_mixs_own() -> None:
    sent = VideoDraft(description=" \n", tags=[" "]).publication(None)
    assert (sent.title, sent.description, sent.tags) == ("", None, None)
    assert sent.playlist_id is None
    assert sent.privacy == "private"


def test_a_time_on_somebodys_clock_becomes_the_one_of_all_clocks() -> None:
    draft = VideoDraft(audience="later", goes_public_at=datetime(2026, 7, 1, 18, 30))
    sent = draft.publication("America/New_York")
    assert sent.publish_at == datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert sent.privacy == "private"


def test_a_time_is_sent_only_where_it_was_chosen() -> None:
    draft = VideoDraft(audience="public", goes_public_at=datetime(2026, 7, 1, 18, 30))
    sent = draft.publication("Europe/Berlin")
    assert sent.publish_at is None
    assert sent.privacy == "public"


def test_a_new_playlist_goes_by_its_title_and_an_old_one_by_its_id() -> None:
    new = VideoDraft(playlist=NEW_PLAYLIST, playlist_title=" Nights ").publication(None)
    assert (new.playlist_id, new.playlist_title) == (None, "Nights")
    old = VideoDraft(playlist="PL1", playlist_title="left over").publication(None)
    assert (old.playlist_id, old.playlist_title) == ("PL1", "")


def test_words_far_too_long_are_still_a_request_that_can_be_checked() -> None:
    draft = VideoDraft(title="x" * 5000, description="y" * 50_000, tags=["z" * 900])
    assert len(draft.request("m", None).title) > publish_words.TITLE_CHARS


def test_the_first_time_proposed_lies_ahead() -> None:
    proposed = VideoDraft(audience="later", goes_public_at=tomorrow_evening("Asia/Tokyo"))
    sent = proposed.publication("Asia/Tokyo").publish_at
    assert sent is not None
    assert sent > datetime.now(UTC)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (publication(), "On YouTube, private"),
        (publication(publish_at=NOW), "On YouTube, goes public by itself"),
        (publication("uploading"), "On its way"),
        (publication("failed"), "Stopped by an error"),
    ],
)
def test_a_publication_is_said_in_a_few_words(view: PublicationView, said: str) -> None:
    assert publish_words.in_short(view) == said
