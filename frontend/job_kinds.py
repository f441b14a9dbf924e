"""The kinds of jobs that people start: their words, their signs, the pages of what they made."""

from __future__ import annotations

from dataclasses import dataclass

from backend.app.contract.jobs import (
    JobRequest,
    MashupRequest,
    MixtapeRequest,
    RestyleRequest,
    StemsRequest,
)
from backend.app.contract.stems import DRAFT, FOUR_STEMS


@dataclass(frozen=True, slots=True)
class JobKind:
    """How a kind of job is told apart from the others.

    ``page`` shows what came out (``?job=`` names which), ``makes`` is what that is called, and
    ``parting`` what is lost with it.
    """

    word: str
    many: str
    icon: str
    page: str
    makes: str
    parting: str = "Your tracks stay."

    @property
    def untitled(self) -> str:
        """What one without a title is called."""
        return f"Untitled {self.makes}"


#: What a person starts by name. Listening, previews and saved mixes of stems are parts of these.
KINDS = {
    "mixtape": JobKind("Mixtape", "Mixtapes", ":material/album:", "views/result.py", "mix"),
    "stems": JobKind("Stems", "Stems", ":material/layers:", "views/stems.py", "stems"),
    "mashup": JobKind("Mashup", "Mashups", ":material/join_inner:", "views/mashup.py", "mashup"),
    "restyle": JobKind("Restyle", "Restyles", ":material/grain:", "views/restyle.py", "restyle"),
    "publish": JobKind(
        "Publication",
        "Publications",
        ":material/publish:",
        "views/publish.py",
        "publication",
        "What is on YouTube stays there.",
    ),
}


def tracks_in(request: JobRequest) -> int:
    """How many tracks a request names; 0 where it takes all of a crate, or never more than one."""
    if isinstance(request, MixtapeRequest | MashupRequest):
        return len(request.tracks or [])
    return int(isinstance(request, StemsRequest) and request.track_id is not None)


def with_draft(request: JobRequest) -> JobRequest | None:
    """The same, taken apart by the draft; None where it asks for what a draft cannot tell apart."""
    if isinstance(request, MixtapeRequest):
        # What was to go online waits for the mix that failed: two would, were this one retried too
        return request.model_copy(update={"stem_model": DRAFT, "publish": None})
    if isinstance(request, StemsRequest):
        stems = request.stems and [one for one in request.stems if one in FOUR_STEMS]
        return None if stems == [] else request.model_copy(update={"model": DRAFT, "stems": stems})
    if isinstance(request, RestyleRequest) and not set(request.config) <= set(FOUR_STEMS):
        return None
    if isinstance(request, MashupRequest | RestyleRequest):
        return request.model_copy(update={"model": DRAFT})
    return None
