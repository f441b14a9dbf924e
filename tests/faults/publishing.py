"""A house that publishes one mix again and again, to stand-ins for Google and YouTube."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from backend.app.publishing.upload.stored_upload import marker_of
from backend.app.wiring.jobs.executor import PIPELINES
from tests.publishing.publishing_house import Alive
from tests.publishing.stand_ins.consent import consent
from tests.publishing.stand_ins.google import Google
from tests.publishing.stand_ins.youtube import YouTubeStandIn
from tests.publishing.stand_ins.youtube_model import Channel

from .held import CHUNK_BYTES
from .house import EMAIL, PASSWORD, House, JsonObject, artifacts_of
from .kills import run
from .trials import mix_without_film

#: Each answer of YouTube takes as long, so that a kill can come before it.
ANSWER_S = 0.05
PLAYLIST = "Mixes"
REQUEST = {
    "kind": "publish",
    "title": "One video",
    "tags": ["techno"],
    "playlist_title": PLAYLIST,
    "again": True,
}
RECORD = "youtube.json"


@contextmanager
def publishing(folder: Path) -> Iterator[tuple[House, Channel]]:
    """A house with a finished mix without a film; :meth:`House.submit` publishes it."""
    channel = Channel(unit_bytes=CHUNK_BYTES, uploads_left=10_000)
    with Google() as google, YouTubeStandIn(channel, Alive(google)) as youtube:
        youtube.on_request = lambda kind: time.sleep(ANSWER_S)
        trial = replace(
            mix_without_film(folder),
            pipelines={"mixtape": PIPELINES["mixtape"], "publish": "tests.faults.held:publish"},
            settings={
                "GOOGLE_CLIENT_SECRETS": str(google.secrets_file(folder)),
                "GOOGLE_ISSUER": google.url,
                "YOUTUBE_API_BASE": youtube.url,
                "YOUTUBE_UPLOADS_PER_DAY": "10000",
            },
        )
        with House(folder / "storage", trial) as house:
            consent(house.client, google, email=EMAIL, password=PASSWORD)
            house.request = {**REQUEST, "job_id": run(house)["id"]}
            yield house, channel


def channel_after(channel: Channel, house: House, job: JsonObject) -> JsonObject:
    """Return what a publication made, without names that differ; check that it made one video."""
    marker = marker_of(str(job["id"]))
    [video] = [
        video for video in channel.videos.values() if marker in video.resource["snippet"]["tags"]
    ]
    files = artifacts_of(job)
    record = json.loads((house.workspace(str(job["id"])) / RECORD).read_text())
    assert (files["mix.mp4"], files["thumbnail.jpg"]) == (video.sha256, video.thumbnail)
    assert (record.pop("video_id"), record.pop("url").endswith(video.id)) == (video.id, True)
    assert list(channel.playlists.values()) == [PLAYLIST]
    assert channel.duplicates() == []
    snippet = {**video.resource["snippet"]}
    assert (snippet["title"], snippet.pop("tags")) == ("One video", ["techno", marker])
    assert snippet["description"] == _description(house)
    return {
        "files": {name: digest for name, digest in files.items() if name != RECORD},
        "record": record,
        "video": {**video.resource, "snippet": snippet},
        "in_playlists": [video.id in items for items in channel.items.values()],
    }


def _description(house: House) -> str:
    return (house.workspace(str(house.request["job_id"])) / "description.txt").read_text()
