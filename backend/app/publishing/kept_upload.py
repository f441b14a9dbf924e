"""An upload as it is kept between attempts; its address is sealed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ..accounts.sealing import BrokenSeal, Seal
from ..store.publications import PublicationStore, UploadState

_PURPOSE = "upload"


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """What is written down of one publication's upload; see :class:`PublicationStore`."""

    store: PublicationStore
    seal: Seal
    user_id: str
    job_id: str

    @property
    def state(self) -> UploadState:
        """How far it is."""
        return self.store.state(self.job_id)

    def address(self, state: UploadState) -> str | None:
        """Where to send the bytes; None if there is no upload, or none of our keys opens it."""
        if state.sealed_session is None:
            return None
        try:
            return self.seal.open(state.sealed_session, user_id=self.user_id, purpose=_PURPOSE)
        except BrokenSeal:
            return None

    def opened(self, address: str, *, sha256: str, size_bytes: int, nth: int) -> None:
        """Keep the address of the ``nth`` upload."""
        sealed = self.seal.seal(address, user_id=self.user_id, purpose=_PURPOSE)
        self.store.opened(
            self.job_id, sealed_session=sealed, sha256=sha256, size_bytes=size_bytes, nth=nth
        )


def marker_of(job_id: str) -> str:
    """The tag by which a video is known to be a job's; the job's id does not follow from it.

    >>> marker_of("9f2c")
    'segue-745c056d'
    """
    return f"segue-{hashlib.sha256(job_id.encode()).hexdigest()[:8]}"
