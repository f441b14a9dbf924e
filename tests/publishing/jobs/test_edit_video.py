"""A published video is changed on YouTube: texts, audience, declarations, thumbnail."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image as Pillow

from backend.app.contract.video_edits import VideoEdit, VideoView
from backend.app.errors import (
    CannotPublish,
    Conflict,
    NotFound,
    OtherChannel,
    ReconnectNeeded,
    VideoGone,
    YouTubeRefused,
    YouTubeUnreachable,
)
from backend.app.publishing.youtube.connection import UPLOAD
from backend.app.services.publish.edit_video import VideoEdits
from backend.app.store.library import Image, Upload

from ..publishing_house import JPEG, LOOK_AGAIN_S, PublishingHouse
from ..stand_ins.youtube_faults import Fault

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
EVERYTHING = VideoEdit(
    title="A better title",
    description="Better words.",
    tags=["house"],
    category_id="24",
    language="de",
    privacy="private",
    publish_at=TOMORROW,
    made_for_kids=True,
    synthetic_media=True,
)


class Edited:
    """A published video, and changes to it."""

    def __init__(self, house: PublishingHouse) -> None:
        self.house, self.edits = house, house.video_edits
        self.job_id = house.publish(house.mix(), description="Words.").id
        house.youtube.script.counts.clear()

    def edit(self, **fields: object) -> VideoView:
        return self.edits.edit("ann", self.job_id, VideoEdit.model_validate(fields))

    @property
    def snippet(self) -> dict[str, object]:
        return dict(self.house.only_video().resource["snippet"])

    @property
    def status(self) -> dict[str, object]:
        return dict(self.house.only_video().resource["status"])


@pytest.fixture
def edited(house: PublishingHouse) -> Edited:
    return Edited(house)


def test_every_field_is_changed_and_read_back(edited: Edited):
    marker = edited.snippet["tags"][-1]  # type: ignore[index]
    view = edited.edits.edit("ann", edited.job_id, EVERYTHING)
    assert edited.snippet == {
        "title": "A better title",
        "description": "Better words.",
        "tags": ["house", marker],
        "categoryId": "24",
        "defaultLanguage": "de",
        "defaultAudioLanguage": "de",
    }
    assert edited.status == {
        "privacyStatus": "private",
        "publishAt": TOMORROW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "embeddable": True,
        "selfDeclaredMadeForKids": True,
        "containsSyntheticMedia": True,
    }
    assert view.notes == []
    assert view == edited.edits.show("ann", edited.job_id)
    assert (view.title, view.tags, view.publish_at) == ("A better title", ["house"], TOMORROW)
    publication = edited.house.publication(edited.job_id)
    assert (publication.title, publication.publish_at) == ("A better title", TOMORROW)


def test_fields_that_are_left_out_stay_as_the_owner_made_them(edited: Edited):
    video = edited.house.only_video()
    video.resource["status"] |= {"license": "creativeCommon", "publicStatsViewable": False}
    video.resource["snippet"]["description"] = "Changed in YouTube Studio."
    status, before = edited.status, edited.snippet
    edited.edit(title="Another title")
    assert edited.snippet == before | {"title": "Another title"}
    assert edited.status == status
    edited.edit(privacy="public")
    assert edited.status == status | {"privacyStatus": "public"}
    assert edited.house.publication(edited.job_id).privacy == "public"


def test_video_scheduled_by_an_edit_is_looked_at_once_it_is_due(edited: Edited):
    edited.house.store._set(edited.job_id, uploaded_at=None, created_at=TOMORROW - timedelta(9))
    edited.edit(publish_at=TOMORROW)
    looks_again_at = edited.house.publication(edited.job_id).looks_again_at
    assert looks_again_at == TOMORROW + timedelta(seconds=LOOK_AGAIN_S)


def test_a_schedule_ends_with_another_privacy(edited: Edited):
    edited.edit(publish_at=TOMORROW)
    assert edited.status["privacyStatus"] == "private"
    edited.edit(privacy="unlisted")
    assert "publishAt" not in edited.status
    assert edited.house.publication(edited.job_id).publish_at is None


def test_our_tag_comes_back(edited: Edited):
    marker = edited.snippet["tags"][-1]  # type: ignore[index]
    edited.house.only_video().resource["snippet"]["tags"] = ["sea"]
    edited.edit(title="Another title")
    assert edited.snippet["tags"] == ["sea", marker]


def test_full_tags_of_the_owner_leave_our_tag_out(edited: Edited):
    full = [f"{n}{'a' * 98}" for n in range(5)]  # 499 characters
    edited.house.only_video().resource["snippet"]["tags"] = full
    edited.edit(title="Another title")
    assert (edited.snippet["title"], edited.snippet["tags"]) == ("Another title", full)


def test_no_change_sends_nothing(edited: Edited):
    view = edited.edits.show("ann", edited.job_id)
    edited.edit(title=view.title, description=view.description, tags=view.tags, privacy="private")
    assert edited.house.youtube.script.counts["videos.update"] == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "a < b"}, "title_brackets"),
        ({"title": ""}, "title_empty"),
        ({"description": "\u202e"}, "description_direction"),
        ({"tags": ["a,b"]}, "tag_characters"),
        ({"category_id": "30"}, "category_unknown"),
        ({"language": "xx"}, "language_unknown"),
        ({"privacy": "public", "publish_at": TOMORROW}, "publish_at_needs_private"),
        ({"publish_at": TOMORROW - timedelta(days=2)}, "publish_at_passed"),
    ],
)
def test_what_youtube_would_refuse_is_not_sent(
    edited: Edited, fields: dict[str, object], code: str
):
    check = edited.edits.check("ann", edited.job_id, VideoEdit.model_validate(fields))
    assert (check.may_go, [fault.code for fault in check.faults]) == (False, [code])
    with pytest.raises(CannotPublish) as caught:
        edited.edit(**fields)
    assert caught.value.code == code
    assert edited.house.youtube.script.counts.total() == 0


def test_refusal_by_youtube_is_in_words(edited: Edited):
    edited.house.youtube.script.faults = [
        Fault("videos.update", 1, "status", status=400, reason="invalidPublishAt")
    ]
    with pytest.raises(CannotPublish, match="rejects the time"):
        edited.edit(publish_at=TOMORROW)
    assert edited.house.publication(edited.job_id).publish_at is None


@pytest.mark.parametrize("when", ["before", "made of it"])
def test_unknown_audience_is_in_words_and_not_stored(edited: Edited, when: str):
    if when == "before":
        edited.house.only_video().resource["status"]["privacyStatus"] = "members"
    else:
        edited.house.youtube.channel.privacy_for_all = "members"
    with pytest.raises(YouTubeRefused, match="an audience that Segue does not know"):
        edited.edit(privacy="public")
    assert edited.house.publication(edited.job_id).privacy == "private"


# --- answers that are lost, videos that are gone


@pytest.mark.parametrize("store", [None, 0.0], ids=["made", "not made"])
def test_lost_answer_is_looked_up(edited: Edited, store: float | None):
    answer = "cut" if store is None else "drop"
    edited.house.youtube.script.faults = [Fault("videos.update", 1, answer, store=store)]
    assert edited.edit(title="Another title").title == "Another title"
    assert edited.snippet["title"] == "Another title"
    sent = edited.house.youtube.script.counts["videos.update"]
    assert sent == (1 if store is None else 2)


def test_answer_lost_twice_is_an_error_and_stores_nothing(edited: Edited):
    edited.house.youtube.script.faults = [Fault("videos.update", 1, "drop", 2, store=0.0)]
    with pytest.raises(YouTubeUnreachable):
        edited.edit(title="Another title")
    assert edited.house.publication(edited.job_id).title == "A fine mix"


@pytest.mark.parametrize("when", ["before", "between"])
def test_deleted_video_is_reported_and_looked_for_again(edited: Edited, when: str):
    channel = edited.house.youtube.channel
    on = "videos.list" if when == "before" else "videos.update"
    edited.house.youtube.on_request = lambda kind: channel.videos.clear() if kind == on else None
    with pytest.raises(VideoGone):
        edited.edit(title="Another title")
    publication = edited.house.publication(edited.job_id)
    assert publication.remarks == []
    assert publication.looks_again_at is not None
    assert publication.looks_again_at <= datetime.now(UTC)


# --- who may


def test_permission_and_channel_are_checked_before(edited: Edited):
    house = edited.house
    house.youtube.channel.id = "UCother"
    house.connect()
    with pytest.raises(OtherChannel, match="Stand-in Channel"):
        edited.edit(title="Another title")
    house.connect(scopes=UPLOAD)
    with pytest.raises(ReconnectNeeded) as caught:
        edited.edit(title="Another title")
    assert caught.value.code == "youtube_manage_missing"
    assert "every box" in caught.value.hint
    assert house.youtube.script.counts["videos.update"] == 0


def test_other_users_and_unfinished_publications_are_refused(edited: Edited):
    with pytest.raises(NotFound):
        edited.edits.show("bob", edited.job_id)
    edited.house.rows.set(edited.job_id, status="queued")
    with pytest.raises(Conflict, match="not finished"):
        edited.edit(title="Another title")


def test_publication_is_not_retried_while_its_video_is_edited(edited: Edited):
    house, refused = edited.house, []
    house.rows.set(edited.job_id, status="failed")

    def retry(kind: str) -> None:
        with pytest.raises(Conflict, match="being changed") as caught:
            house.jobs.retry("ann", edited.job_id)
        refused.append((kind, caught.value.message))

    house.youtube.on_request = retry
    edited.edit(title="Another title")
    assert [kind for kind, _ in refused] == ["videos.list", "videos.update"]
    house.jobs.retry("ann", edited.job_id)


# --- thumbnail


def upload(house: PublishingHouse, suffix: str = ".png") -> tuple[str, bytes]:
    """Store a clean picture, as the library does after its check."""
    out = io.BytesIO()
    Pillow.new("RGB", (64, 36), (9, 9, 9)).save(out, "PNG" if suffix == ".png" else "JPEG")
    file = house.workspaces.parent / f"picture{suffix}"
    file.write_bytes(out.getvalue())
    image = Image("up", f"up{suffix}", 64, 36)
    house.video_edits.pictures.add_image(
        "ann",
        Upload("up", "image", datetime.now(UTC)),
        image,
        lambda _: house.video_edits.store.put_image(image.file_name, file),
    )
    return "up", out.getvalue()


def test_thumbnail_is_set_from_the_mix_or_a_picture(edited: Edited):
    edited.house.only_video().thumbnail = None
    edited.edit(thumbnail="mix")
    assert edited.house.only_video().thumbnail == hashlib.sha256(JPEG).hexdigest()
    picture, content = upload(edited.house)
    assert edited.edit(thumbnail_upload_id=picture).notes == []
    assert edited.house.only_video().thumbnail == hashlib.sha256(content).hexdigest()
    with pytest.raises(NotFound, match="no such picture"):
        edited.edit(thumbnail_upload_id="other")


def test_refused_thumbnail_is_a_note_beside_the_change(edited: Edited):
    edited.house.youtube.channel.may_set_thumbnails = False
    view = edited.edit(title="Another title", thumbnail="mix")
    assert view.title == "Another title"
    [note] = view.notes
    assert "Verify your phone number" in note


def test_page_waits_for_a_thumbnail_no_more_than_twice(edited: Edited):
    edited.house.youtube.script.faults = [Fault("thumbnails.set", 1, "drop", 99)]
    [note] = edited.edit(thumbnail="mix").notes
    assert note.startswith("The thumbnail is not set: YouTube cannot be reached")
    assert edited.house.youtube.script.counts["thumbnails.set"] == 2


def test_too_large_thumbnail_is_refused_before(edited: Edited):
    limits = replace(edited.edits.limits, thumbnail_bytes=10)
    picture, _ = upload(edited.house, ".jpg")
    edits: VideoEdits = replace(edited.edits, limits=limits)
    with pytest.raises(CannotPublish) as caught:
        edits.edit("ann", edited.job_id, VideoEdit(thumbnail_upload_id=picture))
    assert caught.value.code == "thumbnail_too_large"


def test_what_youtube_made_of_the_change_is_reported_and_stored(edited: Edited):
    edited.house.youtube.channel.privacy_for_all = "private"
    view = edited.edit(privacy="public")
    assert view.privacy == edited.house.publication(edited.job_id).privacy == "private"
    assert view.notes == ["YouTube made the video private, not public."]
