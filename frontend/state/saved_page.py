"""The forms of a page, saved by the browser while it is at Google and over a reload."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from . import mixtape_form, publish_draft, session, video_edit_draft
from .mixtape_form import MixtapeForm
from .publish_draft import VideoDraft, draft_in, is_filled
from .video_edit_draft import SavedEdit

#: Whether a page's forms were filled in again, or there was nothing to fill in; by page.
RESTORED = session.Key[bool]("restored")


class SavedPage(BaseModel):
    """A page and its forms: the New mixtape page with ``mixtape``, else a Publish page."""

    job_id: str = ""
    draft: VideoDraft | None = None
    edit: SavedEdit | None = None
    mixtape: MixtapeForm | None = None

    @property
    def name(self) -> str:
        """The name under which the browser saves the page."""
        return "new" if self.mixtape is not None else f"publish {self.job_id}"


def new_mixtape() -> SavedPage:
    """Read the New mixtape page."""
    return SavedPage(mixtape=mixtape_form.read())


def publish_page(job_id: str) -> SavedPage:
    """Read the Publish page of a mix; without an id, its list of mixes."""
    draft = draft_in(job_id) if is_filled(job_id) else None
    return SavedPage(job_id=job_id, draft=draft, edit=video_edit_draft.read())


def restore(saved: str) -> SavedPage | None:
    """Fill a saved page's forms in again; ignore invalid JSON."""
    try:
        page = SavedPage.model_validate_json(saved)
    except ValidationError:
        return None
    RESTORED.of(page.name).put(True)
    if page.draft is not None:
        publish_draft.fill(page.job_id, page.draft)
    if page.edit is not None:
        video_edit_draft.restore(page.edit)
    if page.mixtape is not None:
        mixtape_form.fill(page.mixtape)
    return page
