"""Each fault in an upload ends in one identical video, or in none and the right error."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from backend.app.publishing.youtube.client import TIMEOUT_S

from ..stand_ins.youtube_faults import Fault
from ..uploading import CHUNK, HANG_TIMEOUT_S, LAST, UploadSetup

MANY = 1000
OF_OTHER_JOB, OWNERS, STRANGERS = "video-1", "video-2", "video-3"


@dataclass(frozen=True)
class Case:
    """Scripted faults, the result of the attempt, and of an attempt after it."""

    name: str
    faults: tuple[Fault, ...]
    ends: str = "video"
    then: str = "video"
    on_channel: dict[str, object] = field(default_factory=dict)


def case(name: str, *faults: Fault, ends: str = "video", then: str = "video", **channel: object):
    return Case(name, faults, ends, then, channel)


CASES = [
    case("nothing at all"),
    # opening
    case("503 when it is opened", Fault("open", 1, "status")),
    case("500 three times when it is opened", Fault("open", 1, "status", 3, status=500)),
    case("dropped before it is opened", Fault("open", 1, "drop")),
    case("dropped after it is opened: its address is lost", Fault("open", 1, "drop", store=1.0)),
    case("hangs when it is opened", Fault("open", 1, "hang")),
    case("no address", Fault("open", 1, "empty")),
    case("a proxy's page instead of an address", Fault("open", 1, "html", status=502)),
    case("a proxy forbids", Fault("open", 1, "html", status=403)),
    case("429 with a moment to wait", Fault("open", 1, "status", status=429, retry_after="7")),
    case("rate limit", Fault("open", 1, "status", 2, status=403, reason="userRateLimitExceeded")),
    case("never opened", Fault("open", 1, "status", MANY), ends="youtube_unreachable"),
    case(
        "quota spent",
        Fault("open", 1, "status", status=403, reason="quotaExceeded"),
        ends="not_before",
    ),
    case("the project's uploads are used up", ends="not_before", then="not_before", uploads_left=0),
    case(
        "channel's limit",
        Fault("open", 1, "status", status=400, reason="uploadLimitExceeded"),
        ends="youtube_upload_limit",
    ),
    case(
        "title refused",
        Fault("open", 1, "status", status=400, reason="invalidTitle"),
        ends="cannot_publish",
    ),
    case(
        "forbidden",
        Fault("open", 1, "status", status=403, reason="forbidden"),
        ends="youtube_refused",
    ),
    case(
        "no channel",
        Fault("open", 1, "status", 2, status=401, reason="youtubeSignupRequired"),
        ends="no_channel",
    ),
    case(
        "not allowed to upload",
        Fault("open", 1, "status", status=403, reason="insufficientPermissions"),
        ends="youtube_reconnect",
    ),
    # chunks
    case("503, nothing stored", Fault("chunk", 2, "status")),
    case("503, half stored", Fault("chunk", 2, "status", store=0.5)),
    case("503, all stored", Fault("chunk", 2, "status", store=1.0)),
    case("408", Fault("chunk", 2, "status", status=408)),
    case("429 in between", Fault("chunk", 3, "status", status=429, retry_after="2")),
    case(
        "rate limit in between",
        Fault("chunk", 3, "status", 2, status=403, reason="rateLimitExceeded"),
    ),
    case("dropped before the chunk", Fault("chunk", 3, "drop")),
    case("dropped in the middle of a chunk", Fault("chunk", 3, "drop", store=0.3)),
    case("dropped after the chunk", Fault("chunk", 3, "drop", store=1.0)),
    case("hangs in a chunk", Fault("chunk", 2, "hang", store=0.5)),
    case("a page in between", Fault("chunk", 2, "html", status=200)),
    case("a page that says not found in between", Fault("chunk", 2, "html", status=404)),
    case("an empty 200 in between", Fault("chunk", 2, "empty")),
    case("bad request, by who knows whom", Fault("chunk", 2, "html", status=400)),
    case("partly stored", Fault("chunk", 2, store=0.25)),
    case("partly stored, each time", Fault("chunk", 1, store=0.5, times=9)),
    case("nothing stored, and said so", Fault("chunk", 1, store=0.0)),
    case("308 without a range", Fault("chunk", 3, "range")),
    case("308 with half a range", Fault("chunk", 3, "range", reason="bytes=17")),
    case("308 beyond the end", Fault("chunk", 3, "range", reason="bytes=0-99999999")),
    case("range goes backwards", Fault("chunk", 3, cut_back_to=CHUNK)),
    case(
        "range goes back to the beginning",
        Fault("chunk", 4, "drop", cut_back_to=0),
    ),
    case("an old answer once more", Fault("chunk", 4, "range", reason=f"bytes=0-{CHUNK - 1}")),
    case(
        "nothing is ever stored",
        Fault("chunk", 1, store=0.0, times=MANY),
        ends="youtube_unreachable",
    ),
    case(
        "quota in between",
        Fault("chunk", 2, "status", status=403, reason="quotaExceeded"),
        ends="not_before",
    ),
    case(
        "forbidden in between",
        Fault("chunk", 2, "status", status=403, reason="forbidden"),
        ends="youtube_refused",
    ),
    case("cut off for good", Fault("chunk", 3, "drop", MANY), ends="youtube_unreachable"),
    # asking
    case("no answer to the question", Fault("chunk", 2, "drop"), Fault("query", 1, "drop", 3)),
    case("a page for an answer", Fault("chunk", 2, "drop"), Fault("query", 1, "html", status=200)),
    case(
        "503 to the question", Fault("chunk", 2, "drop", store=1.0), Fault("query", 1, "status", 2)
    ),
    case("half an answer", Fault("chunk", LAST, "drop", store=1.0), Fault("query", 1, "cut", 2)),
    case("an empty answer", Fault("chunk", LAST, "drop", store=1.0), Fault("query", 1, "empty", 2)),
    # the last answer
    case("the last answer is lost", Fault("chunk", LAST, "drop", store=1.0)),
    case("the last answer is cut", Fault("chunk", LAST, "cut")),
    case("the last answer is a page", Fault("chunk", LAST, "html", status=200)),
    case("the last answer is 500, and there is a video", Fault("chunk", LAST, "status", store=1.0)),
    case("the last chunk is lost", Fault("chunk", LAST, "drop")),
    case("308 to the last chunk", Fault("chunk", LAST, "range", reason="bytes=0-99")),
    case(
        "still at work on it",
        Fault("chunk", LAST, "range", reason="bytes=0-5019"),
        Fault("query", 1, "range", 3, reason="bytes=0-5019"),
    ),
    case(
        "the last answer never comes",
        Fault("chunk", LAST, "drop", store=1.0),
        Fault("query", 1, "status", MANY),
        ends="youtube_unreachable",
    ),
    # the upload is gone
    case("gone at the second chunk", Fault("chunk", 2, "drop", forget=True)),
    case(
        "gone twice", Fault("chunk", 2, "drop", forget=True), Fault("chunk", 4, "drop", forget=True)
    ),
    case(
        "gone each time", Fault("chunk", 1, "drop", MANY, forget=True), ends="youtube_unreachable"
    ),
    case("410", Fault("chunk", 2, "status", status=410)),
    case("404 to the question", Fault("chunk", 2, "drop"), Fault("query", 1, "status", status=404)),
    case(
        "the question is refused",
        Fault("chunk", 2, "drop"),
        Fault("query", 1, "status", status=400, reason="badRequest"),
    ),
    case(
        "gone after the last byte, and there is a video",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
    ),
    case(
        "gone after the last byte, and the video is slow to appear",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
        appears_after=2,
    ),
    case(
        "gone after the last byte, and the channel cannot be looked at",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
        Fault("channels.list", 1, "status", MANY),
        ends="youtube_unreachable",
    ),
    case(
        "gone after the last byte, and the quota is spent",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
        Fault("playlistItems.list", 1, "status", status=403, reason="quotaExceeded"),
        ends="not_before",
    ),
    case(
        "gone after the last byte, and there is none",
        Fault("chunk", LAST, "drop", forget=True),
        ends="upload_uncertain",
    ),
    case(
        "gone after the last byte, and it appears long after",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
        ends="upload_uncertain",
        appears_after=4,
    ),
    # answers that name a video
    case("an id in the middle", Fault("chunk", 2, "video", reason=STRANGERS)),
    case("an id that does not exist in the middle", Fault("chunk", 2, "video", reason="no-video")),
    case("an id instead of the first answer", Fault("chunk", 1, "video", reason=OF_OTHER_JOB)),
    case(
        "an id in the middle, nothing stored", Fault("chunk", 3, "video", store=0.0, reason=OWNERS)
    ),
    case("201 in the middle, at every chunk", Fault("chunk", 1, "video", 4, reason=STRANGERS)),
    case(
        "an id instead of how far it is",
        Fault("chunk", 2, "drop"),
        Fault("query", 1, "video", reason=STRANGERS),
    ),
    case(
        "an id instead of how far it is, always",
        Fault("chunk", 2, "drop"),
        Fault("query", 1, "video", MANY, reason=STRANGERS),
        ends="upload_uncertain",
    ),
    case(
        "a stranger's id cannot be looked up for now",
        Fault("chunk", 2, "video", reason=STRANGERS),
        Fault("videos.list", 1, "status", 2),
    ),
    case(
        "quota spent when a stranger's id is looked up",
        Fault("chunk", 2, "video", reason=STRANGERS),
        Fault("videos.list", 1, "status", status=403, reason="quotaExceeded"),
        ends="not_before",
    ),
    case("a stranger's id after the last byte", Fault("chunk", LAST, "video", reason=STRANGERS)),
    case(
        "another job's id after the last byte", Fault("chunk", LAST, "video", reason=OF_OTHER_JOB)
    ),
    case("an older id after the last byte", Fault("chunk", LAST, "video", reason=OWNERS)),
    case(
        "a stranger's id after the last byte, twice",
        Fault("chunk", LAST, "video", reason=STRANGERS),
        Fault("query", 1, "video", reason=STRANGERS),
    ),
    case(
        "a stranger's id after the last byte, always",
        Fault("chunk", LAST, "video", reason=STRANGERS),
        Fault("query", 1, "video", MANY, reason=STRANGERS),
        ends="upload_uncertain",
    ),
    case(
        "a stranger's id, and the last bytes are lost",
        Fault("chunk", LAST, "video", store=0.0, reason=STRANGERS),
    ),
    case("our id without its tags: it is looked up", Fault("chunk", LAST, "video")),
    case(
        "our id without its tags, listed late",
        Fault("chunk", LAST, "video"),
        Fault("videos.list", 1, "empty"),
        Fault("query", 1, "video"),
    ),
    case(
        "our id without its tags, and no permission to look it up",
        Fault("chunk", LAST, "video"),
        Fault("videos.list", 1, "status", MANY, status=403, reason="insufficientPermissions"),
    ),
    case(
        "never our tags, and no permission to look them up",
        Fault("chunk", LAST, "video"),
        Fault("query", 1, "video", MANY),
        Fault("videos.list", 1, "status", MANY, status=403, reason="insufficientPermissions"),
        ends="upload_uncertain",
    ),
    case(
        "half a file becomes our video",
        Fault("chunk", 2, "drop", store=1.0, ends_early=True),
        ends="upload_uncertain",
        then="upload_uncertain",
    ),
    case(
        "half a file becomes our video, and its size is not shown",
        Fault("chunk", 2, "drop", store=1.0, ends_early=True),
        ends="upload_uncertain",
        then="upload_uncertain",
        shows_file_sizes=False,
    ),
    # an answer lost twice, a list that lags
    case(
        "the last answer and the next are lost",
        Fault("chunk", LAST, "drop", store=1.0),
        Fault("query", 1, "drop"),
    ),
    case(
        "the last answer is lost, the next is a stranger's",
        Fault("chunk", LAST, "drop", store=1.0),
        Fault("query", 1, "video", reason=STRANGERS),
    ),
    case(
        "both addresses are lost",
        Fault("open", 1, "drop", 2, store=1.0),
    ),
    case(
        "gone after the last byte, and two pages of the list are lost",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
        Fault("playlistItems.list", 1, "drop", 2),
    ),
    case(
        "gone after the last byte, and the list lags without sizes",
        Fault("chunk", LAST, "drop", store=1.0, forget=True),
        appears_after=3,
        shows_file_sizes=False,
    ),
]


def test_enough_fault_scripts_are_tried():
    assert len({case.name for case in CASES}) == len(CASES) >= 90


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fault_ends_in_one_video_or_a_reason(shared_setup: UploadSetup, case: Case):
    setup = shared_setup
    setup.renew(**case.on_channel)
    setup.youtube.script.faults = list(case.faults)
    hangs = any(fault.answer == "hang" for fault in case.faults)
    setup.set_timeout(HANG_TIMEOUT_S if hangs else TIMEOUT_S)
    assert setup.outcome() == case.ends
    setup.assert_no_duplicate()
    if case.ends == "video":
        setup.assert_one_video()
    setup.youtube.script.faults = []
    assert setup.outcome() == case.then
    setup.assert_no_duplicate()
    if case.then == "video":
        setup.assert_one_video()
