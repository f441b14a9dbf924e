"""The request for a blind listening trial."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .dj import PairChoice
from .webhooks import WithWebhook


class ListeningRequest(WithWebhook):
    """Render two versions of a join of a mixtape, equally loud, for a blind listening trial.

    ``choices`` are two versions of the join (None: the mix's own, and the best of another kind or
    length). Which one becomes ``a.mp3`` is random.
    """

    kind: Literal["listening"] = "listening"
    job_id: str
    transition: int = Field(ge=0)
    choices: list[PairChoice] | None = Field(default=None, min_length=2, max_length=2)
