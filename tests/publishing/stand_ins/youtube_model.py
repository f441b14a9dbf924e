"""A channel in the YouTube stand-in: uploads, videos, playlists, quotas."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CHANNEL_ID = "UCstandin0000000000000000"
UPLOADS_ID = "UUstandin0000000000000000"
CHANNEL_TITLE = "Stand-in Channel"
_CHUNK = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_QUERY = re.compile(r"bytes \*/(\d+)")


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    content: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return b"" if self.content is None else json.dumps(self.content).encode()


DAY_IS_SPENT = "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day'"


def refused(
    status: int, reason: str, message: str = "in YouTube's own words, with upload_id=stand-in"
) -> Reply:
    """An error as Google's APIs write it; users must never see its message."""
    errors = [{"domain": "youtube", "reason": reason, "message": message}]
    return Reply(status, {"error": {"code": status, "message": message, "errors": errors}})


@dataclass
class Session:
    """A resumable upload."""

    resource: dict[str, Any]
    size: int
    received: bytearray = field(default_factory=bytearray)
    video_id: str | None = None
    is_gone: bool = False


@dataclass
class Video:
    """A finished video."""

    id: str
    resource: dict[str, Any]
    sha256: str
    size: int
    thumbnail: str | None = None
    uploaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    is_foreign: bool = False
    looks: int = 0
    stale: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shown(self) -> dict[str, Any]:
        """The answer to its upload."""
        status = {"uploadStatus": "uploaded", **self.resource["status"]}
        return {"kind": "youtube#video", "id": self.id, **self.resource, "status": status}

    def parts(
        self, requested: Container[str], status: Mapping[str, Any], details: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The requested parts; YouTube sends a size as text."""
        every = {
            **self.resource,
            "status": {**self.resource["status"], **status},
            "contentDetails": {"duration": "PT1H", "licensedContent": False, **details},
            "fileDetails": {"fileSize": str(self.size)},
        }
        chosen = {name: part for name, part in every.items() if name in requested}
        return {"kind": "youtube#video", "id": self.id, **chosen}


@dataclass
class Channel:
    """The YouTube side of one channel. Thread-safe.

    ``unit_bytes``: chunks are multiples of it. ``appears_after``: looks at the uploads before a
    new video is listed. ``may_set_thumbnails`` is False if the owner is not verified.
    ``privacy_for_all`` replaces the requested privacy of new videos. With
    ``has_no_uploads`` the playlist of uploads does not exist. ``shows_file_sizes`` is False while
    YouTube has no details of the files. A foreign video belongs to another channel.

    A new video is listed by its id after ``listed_after`` looks at its content (``not_listed``:
    never), and processed after ``processed_after``. Its status then has the fields ``ends_as``, its
    content those of ``details``. ``keeps_private`` refuses changes of status. After a change of
    status, ``stale_lists`` lists show the earlier one.
    """

    id: str = CHANNEL_ID
    title: str = CHANNEL_TITLE
    unit_bytes: int = 256 * 1024
    uploads_left: int = 100
    appears_after: int = 0
    may_set_thumbnails: bool = True
    privacy_for_all: str | None = None
    takes_long_videos: bool = True
    has_no_uploads: bool = False
    shows_file_sizes: bool = True
    listed_after: int = 0
    not_listed: set[str] = field(default_factory=set)
    processed_after: int = 0
    ends_as: dict[str, Any] = field(default_factory=lambda: {"uploadStatus": "processed"})
    details: dict[str, Any] = field(default_factory=dict)
    keeps_private: bool = False
    stale_lists: int = 0
    sessions: dict[str, Session] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    playlists: dict[str, str] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)
    private_playlists: set[str] = field(default_factory=set)
    foreign_playlists: set[str] = field(default_factory=set)
    looks: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    # --- uploads

    def open(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Reply:
        """Open an upload, if the request follows the reference."""
        parts = set(query.get("part", "").split(","))
        size = headers.get("x-upload-content-length", "")
        if query.get("uploadType") != "resumable" or not {"snippet", "status"} <= parts:
            return refused(400, "missingRequiredParameter")
        if not size.isdecimal() or not headers.get("x-upload-content-type", "").startswith("video"):
            return refused(400, "mediaBodyRequired")
        resource = json.loads(body)
        if fault := _fault_of(resource):
            return refused(400, fault)
        if self.uploads_left <= 0:
            return refused(429, "rateLimitExceeded", DAY_IS_SPENT)
        self.uploads_left -= 1
        if self.privacy_for_all:
            resource["status"] = {"privacyStatus": self.privacy_for_all}
        name = f"session-{len(self.sessions) + 1}"
        resource["notify"] = query.get("notifySubscribers", "true") == "true"
        self.sessions[name] = Session(resource, int(size))
        return Reply(200, None, {"X-Upload": name})  # the server turns it into an address

    def put(self, name: str, headers: Mapping[str, str], body: bytes, store: float | None) -> Reply:
        """Store a chunk, or the share ``store`` of it, or report the upload's status."""
        session = self.sessions.get(name)
        if session is None or session.is_gone:
            return refused(404, "notFound")
        if session.video_id is not None:
            return Reply(200, self.videos[session.video_id].shown)
        ranges = headers.get("content-range", "")
        if asked := _QUERY.fullmatch(ranges):
            if int(asked[1]) != session.size or body:
                return refused(400, "badRequest")
            return _standing(session)
        return self._take(session, ranges, body, 1.0 if store is None else store)

    def _take(self, session: Session, ranges: str, body: bytes, store: float) -> Reply:
        chunk = _CHUNK.fullmatch(ranges)
        if chunk is None:
            return refused(400, "badRequest")
        first, last, total = (int(number) for number in chunk.groups())
        is_last = last + 1 == total
        wrong = total != session.size or last - first + 1 != len(body) or not body
        if wrong or (len(body) % self.unit_bytes and not is_last):
            return refused(400, "badRequest")
        if first != len(session.received):
            return _standing(session)  # a gap, or bytes sent before
        session.received += body[: round(len(body) * store)]
        if len(session.received) < session.size:
            return _standing(session)
        return Reply(201, self.become(session).shown)

    def become(self, session: Session) -> Video:
        """Make a video of the bytes received."""
        content = bytes(session.received)
        number = len(self.videos) + 1
        digest = hashlib.sha256(content).hexdigest()
        video = Video(f"video-{number}", session.resource, digest, len(content))
        self.videos[video.id] = video
        session.video_id = video.id
        return video

    def named(self, video_id: str, reply: Reply) -> dict[str, Any]:
        """The video with this id, as in an answer to its upload; else only an id."""
        if video_id in self.videos:
            return self.videos[video_id].shown
        own = str((reply.content or {}).get("id", ""))
        return {"kind": "youtube#video", "id": video_id or own or "video-of-a-stranger"}

    def holds(
        self, *, tags: list[str], uploaded_at: datetime | None = None, is_foreign: bool = False
    ) -> str:
        """Add a video that this job did not upload; return its id."""
        number = len(self.videos) + 1
        resource = {"snippet": {"title": "Holidays", "tags": tags}, "status": {}}
        moment = uploaded_at or datetime.now(UTC)
        video = Video(
            f"video-{number}", resource, "-", 1, uploaded_at=moment, is_foreign=is_foreign
        )
        self.videos[video.id] = video
        return video.id

    # --- everything else

    def channels_list(self) -> Reply:
        long_ones = "allowed" if self.takes_long_videos else "eligible"
        pictures = {"default": {"url": "https://yt3.example/picture.jpg"}}
        channel = {
            "id": self.id,
            "snippet": {"title": self.title, "thumbnails": pictures},
            "contentDetails": {"relatedPlaylists": {"uploads": UPLOADS_ID}},
            "status": {"longUploadsStatus": long_ones, "privacyStatus": "public"},
        }
        return Reply(200, {"items": [channel]})

    def videos_list(self, query: Mapping[str, str]) -> Reply:
        """The requested parts of videos; only their owner sees the details of their files."""
        parts = query.get("part", "").split(",")
        ids = [i for i in query.get("id", "").split(",") if i in self.videos]
        if "fileDetails" in parts and any(self.videos[i].is_foreign for i in ids):
            return refused(403, "forbidden")
        hidden = set() if self.shows_file_sizes else {"fileDetails"}
        shown = [self._look(self.videos[i], {*parts} - hidden) for i in ids]
        return Reply(200, {"items": [one for one in shown if one]})

    def _look(self, video: Video, parts: set[str]) -> dict[str, Any] | None:
        """The video's parts, if it is listed; only looks at its content count."""
        video.looks += "contentDetails" in parts
        if video.id in self.not_listed or 0 < video.looks <= self.listed_after:
            return None
        is_processed = video.looks > self.processed_after
        status = self.ends_as if is_processed else {"uploadStatus": "uploaded"}
        if video.stale:
            status = {**video.stale.pop(), **status}
        return video.parts(parts, status, self.details if is_processed else {})

    def videos_update(self, query: Mapping[str, str], body: bytes) -> Reply:
        """Replace a video's parts, and all of them, as the reference says."""
        sent = json.loads(body)
        video, parts = self.videos.get(sent["id"]), query.get("part", "").split(",")
        if video is None or video.is_foreign:
            return refused(404, "videoNotFound")
        if "snippet" in parts and (fault := _text_fault(sent.get("snippet", {}))):
            return refused(400, fault)
        if "status" in parts and (answer := self._new_status(video, sent.get("status", {}))):
            return answer
        if "snippet" in parts:
            video.resource["snippet"] = sent["snippet"]
        return Reply(200, {"id": video.id, **{part: video.resource[part] for part in parts}})

    def _new_status(self, video: Video, status: dict[str, Any]) -> Reply | None:
        if self.keeps_private:
            return refused(403, "forbidden")
        if status.get("publishAt") and status.get("privacyStatus") != "private":
            return refused(400, "invalidPublishAt")
        video.stale = [video.resource["status"]] * self.stale_lists
        video.resource["status"] = {"privacyStatus": "public", **status}
        if self.privacy_for_all:
            video.resource["status"]["privacyStatus"] = self.privacy_for_all
        return None

    def items_list(self, query: Mapping[str, str]) -> Reply:
        playlist = query.get("playlistId", "")
        if playlist == UPLOADS_ID and not self.has_no_uploads:
            self.looks += 1
            late = self.looks <= self.appears_after
            ours = [name for name, video in self.videos.items() if not video.is_foreign]
            ids = [] if late else ours[::-1]
        elif playlist in self.items:
            ids = self.items[playlist]
        else:
            return refused(404, "playlistNotFound")
        if requested := query.get("videoId"):
            ids = [video for video in ids if video == requested]
        items = [
            {
                "snippet": {
                    "resourceId": {"videoId": i},
                    "publishedAt": self.videos[i].uploaded_at.isoformat(),
                },
                "contentDetails": {"videoId": i},
            }
            for i in ids
        ]
        return _page(items, query)

    def items_insert(self, body: bytes) -> Reply:
        snippet = json.loads(body)["snippet"]
        playlist, video = snippet["playlistId"], snippet["resourceId"]["videoId"]
        if playlist not in self.items:
            return refused(404, "playlistNotFound")
        self.items[playlist].append(video)
        return Reply(200, {"id": f"item-{playlist}-{len(self.items[playlist])}"})

    def playlists_list(self, query: Mapping[str, str]) -> Reply:
        requested = query.get("id")
        items = [
            {
                "id": i,
                "snippet": {
                    "title": title,
                    "channelId": "UCother" if i in self.foreign_playlists else self.id,
                },
                "status": {"privacyStatus": "private" if i in self.private_playlists else "public"},
            }
            for i, title in self.playlists.items()
            if requested is None or i == requested
        ]
        return _page(items, query)

    def playlists_insert(self, body: bytes) -> Reply:
        name = f"PL{len(self.playlists) + 1}"
        resource = json.loads(body)
        self.playlists[name] = resource["snippet"]["title"]
        if resource["status"]["privacyStatus"] == "private":
            self.private_playlists.add(name)
        self.items[name] = []
        return Reply(200, {"id": name, "snippet": {"title": self.playlists[name]}})

    def thumbnails_set(self, query: Mapping[str, str], body: bytes) -> Reply:
        video = self.videos.get(query.get("videoId", ""))
        if video is None:
            return refused(404, "videoNotFound")
        if not self.may_set_thumbnails:
            return refused(403, "forbidden")
        if len(body) > 50 * 1024**2 or not body:
            return refused(400, "invalidImage")
        video.thumbnail = hashlib.sha256(body).hexdigest()
        return Reply(200, {"items": [{"default": {"url": "https://i.example/1.jpg"}}]})

    def shown(self) -> dict[str, Any]:
        """The whole state, for the control route."""
        return {
            "videos": [
                {**v.shown, "sha256": v.sha256, "size": v.size, "thumbnail": v.thumbnail}
                for v in self.videos.values()
            ],
            "sessions": [
                {"size": s.size, "received": len(s.received), "gone": s.is_gone}
                for s in self.sessions.values()
            ],
            "playlists": self.playlists,
            "items": self.items,
            "uploads_left": self.uploads_left,
        }

    def duplicates(self) -> list[str]:
        """Markers of more than one video, and videos twice in a playlist."""
        tags = Counter(
            tag
            for video in self.videos.values()
            for tag in video.resource["snippet"].get("tags", [])
            if tag.startswith("segue-")
        )
        entries = Counter((p, v) for p, videos in self.items.items() for v in videos)
        return [str(one) for one, n in (*tags.items(), *entries.items()) if n > 1]


def _page(items: list[dict[str, Any]], query: Mapping[str, str]) -> Reply:
    first, most = int(query.get("pageToken", "0")), int(query.get("maxResults", "5"))
    page: dict[str, Any] = {"items": items[first : first + most]}
    if first + most < len(items):
        page["nextPageToken"] = str(first + most)
    return Reply(200, page)


def _standing(session: Session) -> Reply:
    received = len(session.received)
    return Reply(308, None, {"Range": f"bytes=0-{received - 1}"} if received else {})


def _fault_of(resource: dict[str, Any]) -> str:
    """YouTube's reason to reject a videos.insert request."""
    status = resource.get("status", {})
    if fault := _text_fault(resource.get("snippet", {})):
        return fault
    if status.get("privacyStatus") not in ("private", "unlisted", "public"):
        return "invalidVideoMetadata"
    if status.get("publishAt") and status["privacyStatus"] != "private":
        return "invalidPublishAt"
    return ""


def _text_fault(snippet: dict[str, Any]) -> str:
    title, text = snippet.get("title", ""), snippet.get("description", "")
    if not 0 < len(title) <= 100 or set("<>") & set(title):
        return "invalidTitle"
    if len(text.encode()) > 5000 or set("<>") & set(text):
        return "invalidDescription"
    if len(",".join(snippet.get("tags", []))) > 500:
        return "invalidTags"
    if not snippet.get("categoryId"):
        return "invalidCategoryId"
    return ""
