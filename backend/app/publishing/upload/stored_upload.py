"""The state of an upload that is stored between attempts; its address is encrypted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ...accounts.sealing import BrokenSeal, Seal
from ...contract.publishing import ChannelView
from ...errors import OtherChannel
from ...store.publications.publications import NewUpload, PublicationStore, UploadState

_PURPOSE = "upload"


@dataclass(frozen=True, slots=True)
class Session:
    """The address to which the bytes of a publication's ``nth`` upload are sent."""

    address: str
    nth: int


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """The stored state of one publication's upload; see :class:`PublicationStore`.

    ``channel`` returns the connected channel, None if it is unknown.
    """

    store: PublicationStore
    seal: Seal
    user_id: str
    job_id: str
    channel: Callable[[], ChannelView | None]

    @property
    def state(self) -> UploadState:
        """How far the upload has got."""
        return self.store.state(self.job_id)

    def require_channel(self) -> None:
        """Raise ``OtherChannel`` unless the upload's channel is connected.

        A consent to uploads alone does not reveal the channel: an upload begun under one may
        continue on any channel, one begun on a known channel on that channel only.
        """
        state, now = self.state, self.channel()
        if not state.channel_id or (now is not None and now.id == state.channel_id):
            return
        begun = f"“{state.channel_title}”"
        connected = "an unknown channel" if now is None else f"“{now.title}”"
        raise OtherChannel(
            f"The upload began on the channel {begun}, but {connected} is connected.",
            hint=f"Connect {begun} again with every box ticked, then retry; or publish the mix "
            "another time.",
        )

    def session(self, state: UploadState) -> Session | None:
        """The upload to resume; None if there is none, or its address cannot be decrypted."""
        if state.sealed_session is None:
            return None
        try:
            address = self.seal.open(state.sealed_session, user_id=self.user_id, purpose=_PURPOSE)
        except BrokenSeal:
            return None
        return Session(address, state.sessions)

    def opened(self, address: str, *, sha256: str, size_bytes: int, nth: int) -> Session:
        """Store the address of the ``nth`` upload."""
        channel = self.channel()
        new = NewUpload(
            nth=nth,
            sealed_session=self.seal.seal(address, user_id=self.user_id, purpose=_PURPOSE),
            sha256=sha256,
            size_bytes=size_bytes,
            channel_id=channel.id if channel else "",
            channel_title=channel.title if channel else "",
        )
        self.store.opened(self.job_id, new)
        return Session(address, nth)


def marker_of(job_id: str) -> str:
    """Return the tag that marks a job's video without revealing the job's id.

    >>> marker_of("9f2c")
    'segue-745c056d'
    """
    return f"segue-{hashlib.sha256(job_id.encode()).hexdigest()[:8]}"
