"""Video metadata, publications and the YouTube connection."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from .base import Shape
from .descriptions import DescriptionLines
from .mixes import ChapterView

Privacy = Literal["private", "unlisted", "public"]
Writer = Literal["template", "llm"]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Hashtag = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
# A language as named by YouTube and browsers (BCP 47): "en", "pt-BR", "zh-Hant".
Language = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"),
]


def _in_utc(moment: datetime) -> datetime:
    """Convert to UTC; reject dates beyond the calendar's range."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as e:
        raise ValueError("this date is out of range") from e


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class DescriptionOptions(Shape):
    """Options for the text around the tracklist.

    ``intro`` is the first paragraph; if empty, the writer's. ``template`` is the description as a
    Jinja2 template (None: the default), see ``docs/publishing.md``. The ``writer`` writes intro,
    hashtags and a suggested title: ``llm`` asks a language model, and falls back to the template if
    it fails. ``language`` is that of headings, units and the model's text. Links, ``@`` and ``#``
    in the names of tracks are left out, unless ``links_in_names``. ``lines`` stand under the
    tracklist (None: those that the user keeps).
    """

    intro: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    hashtags: list[Hashtag] = Field(default=[], max_length=15)
    template: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    writer: Writer = "template"
    language: Language = "en"
    links_in_names: bool = False
    lines: DescriptionLines | None = None


class WordsView(Shape):
    """Title, description, tags and hashtags of a mix, as they would be published.

    ``notes`` say what was shortened or left out, or why the template replaced the language model.
    ``linked_names`` are the names of tracks and artists with links, ``@`` or ``#``.
    """

    title: str
    description: str
    tags: list[str]
    hashtags: list[str]
    written_by: Writer
    notes: list[str] = []
    linked_names: list[str] = []


class TemplateName(Shape):
    """A variable of the template language.

    ``is_sequence``: a list to loop over, whose items have these ``fields`` or are plain text.
    """

    name: str
    meaning: str
    example: str
    is_sequence: bool = False
    fields: list[str] = []


class TemplateView(Shape):
    """The default description template, and the variables and filters of the language.

    ``example`` is the template rendered with each variable's example. ``has_language_model`` says
    whether the writer ``llm``, and the strategist of this name, can be used here.
    """

    template: str
    names: list[TemplateName]
    filters: list[str]
    example: str
    has_language_model: bool = True


class Publication(Shape):
    """How a mix is published on YouTube.

    - ``title``, ``description``, ``tags``: if empty or None, those of the mix
    - ``publish_at``: when a private video becomes public
    - ``playlist_id``: one of the channel's playlists
    - ``playlist_title``: a playlist by its title, created if there is none
    - ``language``: of title, description and sound
    - ``synthetic_media``: whether to declare altered or synthetic content (None: yes for mashups
      and restyles)
    - ``thumbnail``: whether to set the mix's thumbnail
    - ``notify_subscribers``: whether YouTube tells the channel's subscribers of a public video
    - ``wait_for_checks``: upload it as private, and give it ``privacy`` or ``publish_at`` once
      YouTube has processed it and nothing stands against it
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
    wait_for_checks: bool = False

    @property
    def is_checked_first(self) -> bool:
        """Whether it waits for checks; a video that stays private does not."""
        return self.wait_for_checks and (self.privacy != "private" or self.publish_at is not None)


PublicationState = Literal[
    "waiting",
    "preparing",
    "uploading",
    "processing",
    "published",
    "rejected",
    "failed",
    "cancelled",
]


class VideoRemark(Shape):
    """Something that YouTube has against a video, in words.

    ``is_refusal``: the video cannot be watched; otherwise it is online, perhaps not everywhere.
    """

    code: str
    message: str
    hint: str = ""
    is_refusal: bool = False


class PublicationView(Shape):
    """One publication, shown on the mix's job and on the publish job.

    ``job_id`` is the publish job. A ``video_id`` means that a video exists, whatever the state.

    - ``privacy``, ``publish_at``: the video's at the last look; before the upload, those requested
    - ``then_privacy``, ``then_publish_at``: those it gets after YouTube's checks
    - ``remarks``: what YouTube has against the video
    - ``studio_url``: the video in YouTube Studio
    - ``looked_at``, ``looks_again_at``: when Segue last asked YouTube for it, and asks next
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
    then_privacy: Privacy | None = None
    then_publish_at: datetime | None = None
    remarks: list[VideoRemark] = []
    studio_url: str | None = None
    looked_at: datetime | None = None
    looks_again_at: datetime | None = None


class YouTubeRecord(Shape):
    """``youtube.json``: the published video at the end of a publish job."""

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
    """A fault that YouTube would refuse, or a warning.

    ``field`` is the request's field at fault; empty if none.
    """

    field: str
    code: str
    message: str
    hint: str = ""
    is_warning: bool = False


class PreflightView(Shape):
    """The result of preflight checks; ``may_go`` if there are at most warnings.

    ``title``, ``description`` and ``tags`` are what would be sent; the description is None until
    the mix is planned and has chapters. ``chapters`` are those that YouTube would show: none if
    one of its rules is broken.
    """

    may_go: bool
    faults: list[FaultView]
    title: str
    description: str | None = None
    tags: list[str] = []
    chapters: list[ChapterView] = []


class ChannelView(Shape):
    """The connected YouTube channel."""

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
    """State of a user's connection to YouTube.

    - ``missing_setting``, ``missing_reason``: the setting that the server lacks for Google, and the
      fault in words; None if Google is set up
    - ``needs_reconnect``: YouTube no longer accepts the connection
    - ``may_upload``: the user allowed uploads and thumbnails; ``may_manage``: playlists
    - ``token_age_days``: with a consent screen in testing mode a connection lasts 7 days
    - ``uploads_per_day``, ``uploads_left_today``: of all users of this server, until
      ``uploads_reset_at``; none are left while a publication waits for that time
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
    notes: list[str] = []


class YouTubeStart(Shape):
    """The URL of Google's consent page."""

    url: str
