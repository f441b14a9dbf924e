"""An upload as it is kept between attempts; its address is sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ..accounts.sealing import BrokenSeal, Seal
from ..contract.publishing import ChannelView
from ..errors import OtherChannel
from ..store.publications import NewUpload, PublicationStore, UploadState

_PURPOSE = "upload"


@dataclass(frozen=True, slots=True)
class Session:
    """Where to send the bytes of a publication's ``nth`` upload."""

    address: str
    nth: int


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """What is written down of one publication's upload; see :class:`PublicationStore`.

    ``channel`` is the one that is connected now, as far as is known.
    """

    store: PublicationStore
    seal: Seal
    user_id: str
    job_id: str
    channel: Callable[[], ChannelView | None]

    @property
    def state(self) -> UploadState:
        """How far it is."""
        return self.store.state(self.job_id)

    def expect_channel(self) -> None:
        """Make sure that the channel is connected on which the upload was begun.

        A consent to uploads alone tells no channel: what began under one may go on under any, and
        what began on a known channel goes on only where that one is known to be connected.

        Raises
        ------
        OtherChannel
            If it is not.
        """
        state, now = self.state, self.channel()
        if not state.channel_id or (now is not None and now.id == state.channel_id):
            return
        called = f"“{state.channel_title}”"
        other = "one that does not tell its name" if now is None else f"“{now.title}”"
        raise OtherChannel(
            f"The upload was begun on the channel {called}; connected is {other}.",
            hint=f"Connect {called} again, with everything ticked, and retry; or publish the mix "
            "another time.",
        )

    def session(self, state: UploadState) -> Session | None:
        """Where it goes on; None if there is no upload, or none of our keys opens its address."""
        if state.sealed_session is None:
            return None
        try:
            address = self.seal.open(state.sealed_session, user_id=self.user_id, purpose=_PURPOSE)
        except BrokenSeal:
            return None
        return Session(address, state.sessions)

    def opened(self, address: str, *, sha256: str, size_bytes: int, nth: int) -> Session:
        """Keep the address of the ``nth`` upload."""
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

    def acknowledged(self, session: Session, sent_bytes: int) -> None:
        """YouTube has so many bytes."""
        self.store.acknowledged(self.job_id, session.nth, sent_bytes)

    def all_sent(self, session: Session) -> None:
        """The last byte is about to go out, unless another upload has taken this one's place."""
        self.store.all_sent(self.job_id, session.nth)

    def session_gone(self, session: Session) -> None:
        """YouTube knows the upload no longer."""
        self.store.session_gone(self.job_id, session.nth)

    def given_up(self, session: Session) -> None:
        """Nobody goes on with it, and there will be no video of it."""
        self.store.given_up(self.job_id, session.nth)

    def doubted(self) -> None:
        """The owner is told that nobody can say whether there is a video."""
        self.store.doubted(self.job_id)

    def video_known(self, video_id: str) -> None:
        """There is the video."""
        self.store.video_known(self.job_id, video_id)


def marker_of(job_id: str) -> str:
    """The tag by which a video is known to be a job's; the job's id does not follow from it.

    >>> marker_of("9f2c")
    'segue-745c056d'
    """
    return f"segue-{hashlib.sha256(job_id.encode()).hexdigest()[:8]}"
