"""Words and publications: what goes online with a mix, and what became of it there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from .base import Shape
from .mixes import ChapterView

Privacy = Literal["private", "unlisted", "public"]
Writer = Literal["template", "llm"]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Hashtag = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
# BCP 47, as YouTube and browsers name languages: "en", "pt-BR", "zh-Hant"
Language = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"),
]


def _in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; at the ends of the calendar there is none."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as e:
        raise ValueError("no calendar has this moment") from e


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class DescriptionOptions(Shape):
    """The words round the tracklist.

    Attributes
    ----------
    intro : comes first; empty: the writer's own
    template : a description in Jinja2's language (None: the house's); see ``docs/publishing.md``
    writer : who writes the intro, the hashtags and a title to choose; ``llm`` asks a language
        model, and the template stands in where it fails
    language : of what a language model writes
    """

    intro: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    hashtags: list[Hashtag] = Field(default=[], max_length=15)
    template: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    writer: Writer = "template"
    language: Language = "en"


class WordsView(Shape):
    """Words for a mix, as they would go online.

    ``notes`` say what had to give way, or why the template stands in for a language model.
    """

    title: str
    description: str
    tags: list[str]
    hashtags: list[str]
    written_by: Writer
    notes: list[str] = []


class TemplateName(Shape):
    """A name that a template may use.

    ``is_sequence``: there are several, to loop over; each has these ``fields``, or is text.
    """

    name: str
    meaning: str
    example: str
    is_sequence: bool = False
    fields: list[str] = []


class TemplateView(Shape):
    """The house's template of a description, and what another one may use.

    ``example`` is what it makes of the names' examples.
    """

    template: str
    names: list[TemplateName]
    filters: list[str]
    example: str


class Publication(Shape):
    """How a mix is to stand on YouTube.

    Attributes
    ----------
    title : empty is the mix's own
    description : None is the mix's own, with its chapters
    tags : None are the mix's own, as they were written along with it
    privacy : with ``publish_at`` it stays private until then, and is public from then on
    playlist_id, playlist_title : one of the channel's playlists, or the title of one, which is
        made where there is none of that title
    language : of title and description, and of the sound
    synthetic_media : whether to declare that the sound was made to seem what nobody has played;
        None: for mashups and restyles
    thumbnail : whether the mix's own thumbnail is set
    notify_subscribers : whether YouTube tells the channel's subscribers of a public video
    """

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    description: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    tags: list[Tag] | None = Field(default=None, max_length=100)
    privacy: Privacy = "private"
    publish_at: Moment | None = None
    playlist_id: Annotated[str, StringConstraints(max_length=100)] | None = None
    playlist_title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=150)] = ""
    category_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")] = "10"
    language: Language = "en"
    made_for_kids: bool = False
    synthetic_media: bool | None = None
    thumbnail: bool = True
    notify_subscribers: bool = True


PublicationState = Literal[
    "waiting", "preparing", "uploading", "processing", "published", "failed", "cancelled"
]


class PublicationView(Shape):
    """The record of one publication, on the mix's job and on its own.

    ``job_id`` is the job that publishes. With ``video_id`` there is a video, whatever the state.
    """

    job_id: str
    state: PublicationState
    title: str
    privacy: Privacy
    publish_at: datetime | None = None
    video_id: str | None = None
    url: str | None = None
    channel_title: str | None = None
    published_at: datetime | None = None


class YouTubeRecord(Shape):
    """``youtube.json``: what stands on YouTube at the end of a publish job."""

    video_id: str
    url: str
    title: str
    privacy: Privacy
    publish_at: datetime | None = None
    channel_id: str
    channel_title: str
    playlist_id: str | None = None
    thumbnail_set: bool
    size_bytes: int
    sha256: str
    notes: list[str] = []


class FaultView(Shape):
    """Something about a publication that YouTube would refuse, or that a person should know.

    ``field`` is the name of the request's field that it lies in; empty: none of them.
    """

    field: str
    code: str
    message: str
    hint: str = ""
    is_warning: bool = False


class PreflightView(Shape):
    """What stands against publishing; ``may_go`` while there are warnings only.

    ``title``, ``description`` and ``tags`` are what would be sent; the description is None until
    the mix is planned, for it has no chapters yet. ``chapters`` are those that YouTube would show
    of it: none where one of its rules is broken.
    """

    may_go: bool
    faults: list[FaultView]
    title: str
    description: str | None = None
    tags: list[str] = []
    chapters: list[ChapterView] = []


class ChannelView(Shape):
    """The YouTube channel that videos go to."""

    id: str
    title: str
    url: str
    picture_url: str | None = None


class PlaylistView(Shape):
    """One of the channel's playlists."""

    id: str
    title: str


class PlaylistList(Shape):
    """The channel's playlists, as YouTube lists them."""

    playlists: list[PlaylistView]


class YouTubeStatus(Shape):
    """How things stand between a user and YouTube.

    Attributes
    ----------
    missing_setting, missing_reason : what the server lacks to speak to Google at all, and what is
        wrong with it in words; None where it lacks nothing
    needs_reconnect : there is a connection, and YouTube accepts it no longer
    may_upload, may_manage : what the user has allowed: to upload; to set thumbnails and playlists
    connected_at : since when; a consent screen in testing mode lets a connection live for 7 days
    uploads_left_today : of ``uploads_per_day`` for everybody on this server, until
        ``uploads_reset_at``
    verified_project : Google has audited the server's project; until then all videos stay private
    """

    missing_setting: str | None = None
    missing_reason: str | None = None
    connected: bool = False
    needs_reconnect: bool = False
    channel: ChannelView | None = None
    may_upload: bool = False
    may_manage: bool = False
    connected_at: datetime | None = None
    token_age_days: float | None = None
    uploads_per_day: int
    uploads_left_today: int
    uploads_reset_at: datetime
    verified_project: bool = False
    notes: list[str] = []


class YouTubeStart(Shape):
    """Where to send the browser, so that its user lets Segue publish."""

    url: str
