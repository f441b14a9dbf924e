"""A video in the making: what a person wants of it, and the request that puts it online."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import streamlit as st
from pydantic import BaseModel

from backend.app.contract.jobs import JobView, MashupRequest, MixtapeRequest, PublishRequest
from backend.app.contract.publishing import (
    DescriptionOptions,
    Privacy,
    Publication,
    PublicationView,
)

from . import words

Audience = Literal["private", "unlisted", "public", "later"]
#: In place of a playlist's id: one that is made for it.
NEW_PLAYLIST = "new"
#: Kinds of jobs whose work can go online as a video.
PUBLISHABLE = ("mixtape", "mashup", "restyle")
#: What nobody has played like this, and so is declared unless a person says otherwise.
MADE_UP = ("mashup", "restyle")
#: States in which a publication is on its way.
ON_THE_WAY = ("waiting", "preparing", "uploading", "processing")
#: The evening is when most people listen; any hour would do to begin with.
GOES_PUBLIC = time(18, 0)


class VideoDraft(BaseModel):
    """What a person wants of a video, as the fields of the page have it.

    Each field lives under a widget's key of its own; ``goes_public_at`` is on the clock of whoever
    looks at the page, ``playlist`` empty, a playlist's id, or ``NEW_PLAYLIST``.
    """

    title: str = ""
    description: str = ""
    tags: list[str] = []
    language: str = "en"
    audience: Audience = "private"
    goes_public_at: datetime | None = None
    playlist: str = ""
    playlist_title: str = ""
    made_for_kids: bool = False
    synthetic_media: bool = False
    thumbnail: bool = True
    notify_subscribers: bool = True
    category_id: str = "10"

    def publication(self, zone: str | None) -> Publication:
        """The same as the API has it; words that are left empty are the mix's own.

        Texts are cut where the contract ends: that is far past what YouTube takes, and refused
        before anything is sent.
        """
        later = self.audience == "later"
        privacy: Privacy = "private" if self.audience == "later" else self.audience
        is_new = self.playlist == NEW_PLAYLIST
        return Publication(
            title=self.title[:1000],
            description=self.description[:20_000] if self.description.strip() else None,
            tags=[tag[:500] for tag in self.tags if tag.strip()] or None,
            privacy=privacy,
            publish_at=moment(self.goes_public_at, zone) if later else None,
            playlist_id=None if is_new else self.playlist or None,
            playlist_title=self.playlist_title if is_new else "",
            category_id=self.category_id,
            language=self.language,
            made_for_kids=self.made_for_kids,
            synthetic_media=self.synthetic_media,
            thumbnail=self.thumbnail,
            notify_subscribers=self.notify_subscribers,
        )

    def request(self, job_id: str, zone: str | None, *, again: bool = False) -> PublishRequest:
        """The job that puts it online."""
        wanted = self.publication(zone).model_dump()
        return PublishRequest(job_id=job_id, again=again, **wanted)


def key(form: str, field: str) -> str:
    """Where a field's widget keeps its value; ``form`` is the mix's id, or a name of its own."""
    return f"publish_{field}_{form}"


def draft_in(form: str) -> VideoDraft:
    """The draft as the widgets hold it now."""
    held = {name: st.session_state.get(key(form, name)) for name in VideoDraft.model_fields}
    return VideoDraft.model_validate({name: v for name, v in held.items() if v is not None})


def fill(form: str, draft: VideoDraft) -> None:
    """Put a draft into the fields; only before they are drawn."""
    for name in VideoDraft.model_fields:
        st.session_state[key(form, name)] = getattr(draft, name)


def begun(form: str) -> bool:
    """Whether the fields have been filled before."""
    return key(form, "title") in st.session_state


def first_draft(job: JobView, zone: str | None) -> VideoDraft:
    """What is sensible for a mix before anybody has said anything."""
    return VideoDraft(
        language=words_asked_for(job).language,
        goes_public_at=tomorrow_evening(zone),
        synthetic_media=job.kind in MADE_UP,
    )


def words_asked_for(job: JobView) -> DescriptionOptions:
    """How its words were wished for when it was started; a restyle has none of its own."""
    if isinstance(job.request, MixtapeRequest | MashupRequest):
        return job.request.description
    return DescriptionOptions()


def tomorrow_evening(zone: str | None) -> datetime:
    """A time to begin with, on the clock of whoever looks."""
    today = datetime.now(words.clock_of(zone)).date()
    return datetime.combine(today + timedelta(days=1), GOES_PUBLIC)


def moment(local: datetime | None, zone: str | None) -> datetime | None:
    """A time on somebody's clock as the one that all clocks share."""
    return local and local.replace(tzinfo=words.clock_of(zone)).astimezone(UTC)


def on_its_way(publications: Sequence[PublicationView]) -> PublicationView | None:
    """A publication that is not done yet, if there is one."""
    return next((one for one in publications if one.state in ON_THE_WAY), None)


def online(publications: Sequence[PublicationView]) -> list[PublicationView]:
    """Those that have a video, whatever else became of them; the newest first."""
    return [one for one in reversed(publications) if one.url]
