"""The pinned discovery document still says what `docs/youtube.md` and the code rely on.

If a test fails after a new pin of google-api-python-client, YouTube has changed a rule: look it up,
correct the code and the table, and then the test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from googleapiclient.discovery_cache import get_static_doc

from backend.app.publishing.youtube import remarks
from backend.app.publishing.youtube.connection import MANAGE, UPLOAD
from backend.app.publishing.youtube.video import UploadStatus
from backend.app.settings import Settings
from tests import ROOT

DOCUMENT: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
STATUS = DOCUMENT["schemas"]["VideoStatus"]["properties"]
SETTINGS = Settings(_env_file=None)


def method(name: str) -> dict[str, Any]:
    noun, _, verb = name.partition(".")
    return dict(DOCUMENT["resources"][noun]["methods"][verb])


def test_table_names_the_pinned_revision():
    text = (ROOT / "docs" / "youtube.md").read_text(encoding="utf-8")
    assert f"**{DOCUMENT['revision']}**" in text


def test_uploads_of_unverified_projects_are_not_kept_private():
    words = STATUS["privacyStatus"]["description"]
    assert words.endswith(
        "Videos uploaded from unverified API projects are not restricted to private viewing mode."
    )
    assert (
        "if you don't specify a value for this property, the uploaded video's privacy status"
        in (words)
    )
    assert "defaults to `public`" in words
    assert STATUS["privacyStatus"]["enum"] == ["public", "unlisted", "private"]


def test_only_private_videos_are_scheduled():
    words = STATUS["publishAt"]["description"]
    assert "It can be set only if the privacy status of the video is private" in words


def test_largest_thumbnail_is_the_setting():
    upload = method("thumbnails.set")["mediaUpload"]
    assert int(upload["maxSize"]) == SETTINGS.youtube_max_thumbnail_bytes == 52_428_800
    assert {"image/jpeg", "image/png"} <= set(upload["accept"])


def test_largest_video_is_no_smaller_than_the_setting():
    size = int(method("videos.insert")["mediaUpload"]["maxSize"])
    assert size == 274_877_906_944
    assert size >= SETTINGS.youtube_max_video_bytes


def test_states_and_reasons_of_a_video_are_those_known():
    assert STATUS["uploadStatus"]["enum"] == list(get_args(UploadStatus))
    assert set(STATUS["failureReason"]["enum"]) == set(remarks._FAILURES)
    assert set(STATUS["rejectionReason"]["enum"]) == set(remarks._REJECTIONS)


def test_channels_say_whether_they_take_long_videos():
    status = DOCUMENT["schemas"]["ChannelStatus"]["properties"]["longUploadsStatus"]
    assert status["enum"] == ["longUploadsUnspecified", "allowed", "eligible", "disallowed"]


def test_an_update_replaces_whole_parts():
    words = method("videos.update")["parameters"]["part"]["description"]
    assert (
        "this method will override the existing values for all of the mutable properties" in words
    )


@pytest.mark.parametrize("name", ["videos.insert", "thumbnails.set"])
def test_uploads_need_only_the_smaller_permission(name: str):
    assert {UPLOAD, MANAGE} <= set(method(name)["scopes"])


@pytest.mark.parametrize("name", ["videos.update", "playlists.insert", "playlistItems.insert"])
def test_changes_need_the_larger_permission(name: str):
    scopes = method(name)["scopes"]
    assert MANAGE in scopes
    assert UPLOAD not in scopes


def test_costs_are_named_only_for_methods_that_are_not_used():
    """The document is silent about the costs of our methods; they are looked up elsewhere."""
    named = {name for name, words in _words_of_methods() if "quota" in words.lower()}
    assert {name.partition(".")[0] for name in named} == {
        *("commentThreads", "comments", "liveChatMessages", "youtube")
    }


def _words_of_methods() -> Iterator[tuple[str, str]]:
    """Every method's name, with its own and its parameters' descriptions."""
    for noun, resource in _resources(DOCUMENT["resources"]):
        for verb, known in resource.get("methods", {}).items():
            parameters = known.get("parameters", {}).values()
            words = [known.get("description", ""), *(p.get("description", "") for p in parameters)]
            yield f"{noun}.{verb}", " ".join(words)


def _resources(found: dict[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in found.items():
        yield f"{above}{name}", resource
        yield from _resources(resource.get("resources", {}), f"{above}{name}.")
