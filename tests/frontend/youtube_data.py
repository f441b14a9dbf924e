"""A YouTube channel, its playlists and publications as plain data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.app.contract.mixes import ChapterView
from backend.app.contract.publishing import (
    ChannelView,
    PlaylistView,
    PreflightView,
    PublicationView,
    TemplateName,
    TemplateView,
    WordsView,
    YouTubeStatus,
)
from backend.app.contract.video_edits import VideoView

RESET_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CHANNEL = ChannelView(
    id="UC1",
    title="Night <i>Shift</i>",
    url="https://www.youtube.com/channel/UC1",
    picture_url="http://localhost:8000/picture.jpg",
)
NOT_CONNECTED = YouTubeStatus(uploads_per_day=100, uploads_left_today=97, uploads_reset_at=RESET_AT)
CONNECTED = NOT_CONNECTED.model_copy(
    update={
        "connected": True,
        "channel": CHANNEL,
        "may_upload": True,
        "may_manage": True,
        "connected_at": datetime(2026, 11, 19, 8, 0, tzinfo=UTC),
        "token_age_days": 2.3,
        "notes": ["If Google lists this app as “Testing”, the connection ends after 7 days."],
    }
)
NOT_SET_UP = NOT_CONNECTED.model_copy(
    update={
        "missing_setting": "GOOGLE_CLIENT_SECRETS",
        "missing_reason": "GOOGLE_CLIENT_SECRETS names a file of a desktop client.",
    }
)
LOST = CONNECTED.model_copy(update={"needs_reconnect": True})
VIDEO = VideoView(
    job_id="publish-1",
    video_id="v1",
    url="https://youtu.be/v1",
    title="Night on YouTube",
    description="Words there.",
    tags=["techno"],
    category_id="24",
    language="de",
    privacy="unlisted",
)
PLAYLISTS = [PlaylistView(id="PL1", title="Sets"), PlaylistView(id="PL2", title="Sets")]
DESCRIPTION = "Recorded at night.\n\n0:00 First\n0:56 Second\n1:30 Third\n\n#mixtape"
TEMPLATE = TemplateView(
    template="{{ intro }}\n\n{% for chapter in chapters %}{{ chapter.stamp }}\n{% endfor %}",
    names=[
        TemplateName(name="intro", meaning="The introduction.", example="Hello"),
        TemplateName(
            name="chapters",
            meaning="What begins when.",
            example="0:00 First",
            is_sequence=True,
            fields=["stamp", "title"],
        ),
    ],
    filters=["join"],
    example="Hello",
)
CHECKED = PreflightView(
    may_go=True,
    faults=[],
    title="Saturday",
    description=DESCRIPTION,
    tags=["mixtape", "deep house"],
    chapters=[
        ChapterView(start_s=0, title="First"),
        ChapterView(start_s=56, title="Second"),
        ChapterView(start_s=90, title="Third"),
    ],
)
WRITTEN = WordsView(
    title="A night on the last train",
    description="The last train home.\n\n0:00 First\n0:56 Second\n1:30 Third",
    tags=["night train"],
    hashtags=["nighttrain"],
    written_by="llm",
    notes=["One hashtag was left out: nothing in the mix speaks of it."],
)


def publication(state: str = "published", **fields: object) -> PublicationView:
    """A publication of the mix, with its video if it is published."""
    there = {
        "video_id": "v1",
        "url": "https://youtu.be/v1",
        "channel_title": CHANNEL.title,
        "published_at": datetime(2026, 11, 21, 5, 0, tzinfo=UTC),
    }
    return PublicationView.model_validate(
        {
            "job_id": "publish-1",
            "state": state,
            "title": "Saturday",
            "privacy": "private",
            **(there if state == "published" else {}),
            **fields,
        }
    )


def later(days: float) -> datetime:
    """A moment some days from now."""
    return datetime.now(UTC) + timedelta(days=days)
