"""The draft of a publication: form fields and request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import streamlit as st
from pydantic import BaseModel

from backend.app.contract.jobs import JobView, MashupRequest, MixtapeRequest, PublishRequest
from backend.app.contract.publishing import DescriptionOptions, Publication, PublicationView

from ..labels.figures import timezone_of
from ..labels.publish import Audience
from . import session

#: Value of the playlist field for “a new playlist”, instead of a playlist's id.
NEW_PLAYLIST = "new"
#: Kinds of jobs whose results can be published.
PUBLISHABLE = ("mixtape", "mashup", "restyle")
#: Kinds declared as synthetic media by default: their music was never played like this.
SYNTHETIC = ("mashup", "restyle")
#: States of a publication that is still being made.
UNFINISHED = ("waiting", "preparing", "uploading", "processing")
#: Default hour of a scheduled video: most people listen in the evening.
SUGGESTED_HOUR = time(18, 0)


#: Id of the mix that the user wants to publish a second time.
AGAIN = session.Key[str]("publish_again_job")


class VideoDraft(BaseModel):
    """The fields of the publication form, each stored under its widget's key.

    ``goes_public_at`` is in the reader's time zone; ``playlist`` is empty, a playlist's id, or
    ``NEW_PLAYLIST``.
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
    wait_for_checks: bool = False
    category_id: str = "10"

    def publication(self, zone: str | None) -> Publication:
        """Build the API's publication; empty texts are filled in from the mix.

        Texts are cut at the contract's limits. These are far above YouTube's, which the preflight
        checks.
        """
        scheduled = self.audience == "later"
        is_new = self.playlist == NEW_PLAYLIST
        changed = {
            "title": self.title[:1000],
            "description": self.description[:20_000] if self.description.strip() else None,
            "tags": [tag[:500] for tag in self.tags if tag.strip()] or None,
            "privacy": "private" if scheduled else self.audience,
            "publish_at": in_utc(self.goes_public_at, zone) if scheduled else None,
            "playlist_id": None if is_new else self.playlist or None,
            "playlist_title": self.playlist_title if is_new else "",
            "wait_for_checks": self.waits_for_checks,
        }
        same = self.model_dump(include=Publication.model_fields.keys() - changed.keys())
        return Publication.model_validate({**same, **changed})

    def request(self, job_id: str, zone: str | None, *, again: bool = False) -> PublishRequest:
        """Build the request for a publish job."""
        return PublishRequest(job_id=job_id, again=again, **self.publication(zone).model_dump())

    @property
    def waits_for_checks(self) -> bool:
        """Whether the video is private until YouTube's checks; a private one stays so anyway."""
        return self.wait_for_checks and self.audience != "private"

    @property
    def playlist_needs_title(self) -> str | None:
        """Why a new playlist cannot be created yet."""
        if self.playlist == NEW_PLAYLIST and not self.playlist_title.strip():
            return "Give the new playlist a title, or choose another."
        return None


def key(form: str, field: str) -> str:
    """Return the key of a field's widget; ``form`` is the mix's id or a fixed name."""
    return f"publish_{field}_{form}"


def draft_in(form: str) -> VideoDraft:
    """Read the draft from the widgets."""
    values = {name: st.session_state.get(key(form, name)) for name in VideoDraft.model_fields}
    return VideoDraft.model_validate({name: v for name, v in values.items() if v is not None})


def fill(form: str, draft: VideoDraft) -> None:
    """Write a draft into the widgets, before they are drawn."""
    for name in VideoDraft.model_fields:
        st.session_state[key(form, name)] = getattr(draft, name)


def is_filled(form: str) -> bool:
    """Whether the form has been filled before."""
    return key(form, "title") in st.session_state


def first_draft(job: JobView, zone: str | None) -> VideoDraft:
    """Return the default fields for a mix."""
    return VideoDraft(
        language=description_options(job).language,
        goes_public_at=suggested_release(zone),
        synthetic_media=job.kind in SYNTHETIC,
    )


def suggested_release(zone: str | None) -> datetime:
    """Return tomorrow at the default hour, in the user's time zone."""
    today = datetime.now(timezone_of(zone)).date()
    return datetime.combine(today + timedelta(days=1), SUGGESTED_HOUR)


def in_utc(local: datetime | None, zone: str | None) -> datetime | None:
    """Convert a time from the user's time zone to UTC."""
    return local and local.replace(tzinfo=timezone_of(zone)).astimezone(UTC)


def description_options(job: JobView) -> DescriptionOptions:
    """Return the description options of the job's request, or the defaults."""
    if isinstance(job.request, MixtapeRequest | MashupRequest):
        return job.request.description
    return DescriptionOptions()


def unfinished(publications: Sequence[PublicationView]) -> PublicationView | None:
    """Return the publication that is still being made, if any."""
    return next((one for one in publications if one.state in UNFINISHED), None)


def online(publications: Sequence[PublicationView]) -> list[PublicationView]:
    """List the publications that have a video, newest first."""
    return [one for one in reversed(publications) if one.url]
