"""The strategist against a server that fails in every way."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import openai  # noqa: F401  (its half second of import must not count in the time limits)
import pytest
from pydantic import SecretStr

from backend.app.contract.dj import DjRules
from backend.app.dj.llm import strategist as llm
from backend.app.dj.llm.strategist import LlmStrategist
from backend.app.dj.proposals import Proposals
from backend.app.llm import connection
from backend.app.llm.access import LlmAccess
from tests import ROOT
from tests.dj.llm_set import a_set
from tests.llm.server import (
    Act,
    body,
    dripping,
    edited,
    endless,
    obliging,
    reset,
    says,
    serving,
    silence,
    status,
    wrapped,
)
from tests.patience import PATIENCE_S, wait_until

LIMIT_S = PATIENCE_S  # more than the scripted server needs, even on a busy machine
SHORT_S = 1.0  # for servers that never answer
SLACK_S = 45.0  # a busy machine; the server would stay silent for two minutes
KEY = "sk-canary-0123456789"
ALL = {0, 1}


@pytest.fixture(autouse=True)
def no_proxy_and_short_waits(monkeypatch):
    """No proxy, and a tenth of the usual waits."""
    monkeypatch.setattr(connection, "RETRY_WAITS_S", (0.05, 0.1))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def strategist(base_url: str, timeout_s: float = LIMIT_S) -> LlmStrategist:
    return LlmStrategist(LlmAccess(SecretStr(KEY), base_url, "a-model", timeout_s))


def proposed(base_url: str, *, pairs=None, rules=None, timeout_s: float = LIMIT_S) -> Proposals:
    """Ask for proposals; check that they are in time and cover each pair once."""
    began = time.monotonic()
    found = strategist(base_url, timeout_s).propose(pairs or a_set(), rules or DjRules())
    assert time.monotonic() - began < timeout_s + SLACK_S
    indices = set(range(len(pairs or a_set())))
    assert found.strategies.keys() | found.reasons.keys() == indices
    assert not found.strategies.keys() & found.reasons.keys()
    shown = " ".join((*found.reasons.values(), *found.notes))
    assert KEY not in shown
    assert "Traceback" not in shown
    return found


def change(**values):
    """A good answer with a changed first proposal."""
    return edited(lambda pairs: pairs[0].update(values))


@dataclass(frozen=True)
class Mode:
    """A server's behaviour, and the result: pairs used, reasons for the others."""

    name: str
    acts: tuple[Act, ...]
    used: frozenset[int] = frozenset()
    why: str = ""
    note: str = ""
    requests: int | None = None


def broken(name: str, *acts: Act, why: str, requests: int | None = None) -> Mode:
    return Mode(name, acts, why=why, requests=requests)


def usable(
    name: str, *acts: Act, used=ALL, why: str = "", note: str = "", requests: int | None = None
) -> Mode:
    return Mode(name, acts, frozenset(used), why, note, requests)


def twenty_more(pairs):
    return pairs + [{**pairs[0], "outgoing": f"t{n}", "incoming": "t99"} for n in range(20)]


def twice(pairs):
    return [*pairs, {**pairs[0], "kind": "cut"}]


TOO_LATE = "did not answer within 1 s"
NOT_JSON = "is not the JSON it was asked for"
NO_COMPLETION = "not answer with a chat completion"
INVALID = "is invalid"

MODES = [
    broken("no answer", silence, why=TOO_LATE),
    broken("the body a byte at a time", dripping("body"), why=TOO_LATE),
    broken("the headers a byte at a time", dripping("headers"), why=TOO_LATE),
    broken("the connection is reset", reset, why="broke off"),
    usable("reset once, then good", reset, obliging, requests=2),
    broken("401, the key in its words", status(401), why="API key", requests=1),
    broken("403", status(403), why="does not let this API key", requests=1),
    broken("404, no such model", status(404, "model_not_found"), why="not know", requests=1),
    broken("404, no such address", status(404), why="not know", requests=3),
    usable("429, shortly", status(429, retry_after="0.2"), obliging, requests=2),
    broken("429, for long", status(429, retry_after="3600"), why="for 3600 s", requests=1),
    broken("429, for ever", status(429, retry_after="inf"), why="too often", requests=1),
    broken("429, no quota", status(429, "insufficient_quota"), why="quota", requests=1),
    usable("429, until a date", status(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), obliging),
    broken("500 whatever is asked", status(500), why="500 Internal Server Error"),
    usable("503, then good", status(503), obliging, requests=2),
    broken("301", status(301, location="http://127.0.0.1:1/"), why="301", requests=1),
    broken("a status there is not", status(499), why="499", requests=1),
    broken("a page", body(b"<!doctype html><h1>Sign in</h1>"), why=NO_COMPLETION, requests=1),
    broken("an empty body", body(b""), why=NO_COMPLETION, requests=1),
    broken("another JSON", body(b'{"choices": [{"text": "hi"}]}'), why=NO_COMPLETION),
    broken("no choices", body(b'{"choices": []}'), why="answered nothing", requests=2),
    broken("content null", says(None), why="answered nothing"),
    broken("a refusal", says(None, refusal="I cannot."), why="refused", requests=1),
    broken("filtered", says(None, "content_filter"), why="refused", requests=1),
    broken("prose", says("I would blend them, of course."), why=NOT_JSON, requests=2),
    usable("prose, then good", says("Gladly!"), obliging, requests=2),
    usable("a fence", wrapped(lambda text: f"```json\n{text}\n```"), requests=1),
    usable("a fence in prose", wrapped(lambda text: f"Here:\n```\n{text}\n``` Enjoy {{it}}")),
    usable("prose round it", wrapped(lambda text: f"Here it is: {text} Enjoy!"), requests=1),
    usable("thoughts first", wrapped(lambda text: f"<think>{{t1?}}</think>{text}"), requests=1),
    usable("cut off", wrapped(lambda text: text[:-60], "length"), used={0}, why="cut off"),
    broken("cut off at once", says('{"pairs": [{"outgo', "length"), why="cut off", requests=2),
    usable("wrong types", change(bars="many"), used={1}, why="bars: Input should be"),
    usable("half bars", change(bars=7.5), used={1}, why="bars: Input should be"),
    usable("odd bars", change(bars=7), used={1}, why="not a multiple of 4"),
    usable("a kind there is not", change(kind="explode"), used={1}, why="kind: Input should be"),
    usable("no reason", edited(lambda p: p[0].pop("reason") and None), used={1}, why="reason"),
    usable("no object", edited(lambda p: ["t1", None, *p[1:]]), used={1}, why="proposed nothing"),
    usable("unknown ids", change(outgoing="t77"), used={1}, why="nothing for", note="1 proposal"),
    usable("a list for an id", change(outgoing=["t1"]), used={1}, why="nothing for this pair"),
    usable("a pair is missing", edited(lambda pairs: pairs[1:]), used={1}, why="nothing for"),
    usable("missing, then there", edited(lambda pairs: pairs[1:]), obliging, requests=2),
    usable("twenty more", edited(twenty_more), note="20 proposals too many", requests=1),
    usable("a pair twice", edited(twice), note="1 proposal too many", requests=1),
    usable("NaN", change(out_at_s=float("nan")), used={1}, why="out_at_s"),
    usable("Infinity", change(in_at_s=float("inf")), used={1}, why="finite"),
    usable("far outside", change(out_at_s=1e300), note="leave “Title of track-0” at"),
    usable("a huge integer", change(bars=10**400), used={1}, why="bars"),
    usable("a field too many", change(volume=11), requests=1),
    broken("digits without end", says('{"pairs": [' + "9" * 100_000), why=NOT_JSON),
    broken("10 MB", says("x" * 10_000_000), why="too long", requests=1),
    broken("without end", endless, why="too long", requests=1),
    broken("packed", body(b"\x1f\x8b", content_encoding="gzip"), why="compressed", requests=1),
    broken("deep JSON", says("[" * 200_000), why=NOT_JSON),
    broken("a deep completion", body(b'{"choices":' + b"[" * 200_000), why=NO_COMPLETION),
    broken("half a character", says('{"pairs": "\udcff"}'), why=NO_COMPLETION),
    broken(
        "a tool call",
        says(None, "tool_calls", tool_calls=[{"id": "1", "type": "function", "function": {}}]),
        why="answered nothing",
    ),
    usable("no schemas", status(400, "unsupported"), obliging, requests=2),
    usable("no schemas: 500", status(500), obliging, requests=2),
    usable("no formats", status(422), status(422), obliging, requests=3),
]


@pytest.mark.parametrize("mode", MODES, ids=[mode.name for mode in MODES])
def test_valid_proposals_are_used_and_others_have_reasons(mode):
    with serving(*mode.acts) as server:
        limit_s = SHORT_S if mode.why == TOO_LATE else LIMIT_S
        found = proposed(server.base_url, timeout_s=limit_s)
    assert found.strategies.keys() == mode.used
    assert all(mode.why in why for why in found.reasons.values()), found.reasons
    assert mode.note in " ".join(found.notes)
    if mode.requests is not None:
        assert len(server.requests) == mode.requests
    for index in found.reasons:
        assert found.reasons[index] in " ".join(found.notes)


@pytest.mark.parametrize(
    ("base_url", "why"),
    [
        ("http://127.0.0.1:1/v1", "cannot be reached"),
        ("http://127.0.0.1:99999/v1", "cannot be reached"),
        ("gopher://127.0.0.1/v1", "malformed"),
        ("", "malformed"),
        ("http://[", "cannot be reached"),
    ],
)
def test_unreachable_address_gives_a_reason(base_url, why):
    found = proposed(base_url)
    assert all(why in reason for reason in found.reasons.values()), found.reasons
    assert found.strategies == {}


def test_malformed_key_gives_a_reason():
    with serving() as server:
        odd = LlmStrategist(
            LlmAccess(SecretStr("sk-\u2026\n"), server.base_url, "a-model", LIMIT_S)
        )
        found = odd.propose(a_set(), DjRules())
    assert "malformed" in found.reasons[0]


def test_waiting_threads_end_after_the_time_limit():
    for act in (silence, dripping("body"), dripping("headers")):
        with serving(act) as server:
            proposed(server.base_url, timeout_s=0.5)
            wait_until(lambda: "llm" not in [thread.name for thread in threading.enumerate()])


def test_hanging_thread_does_not_block_process_exit():
    code = """
import time
from pydantic import SecretStr
from backend.app.contract.dj import DjRules
from backend.app.dj.llm import strategist as llm
from backend.app.llm.access import LlmAccess
from backend.app.llm.connection import LlmConnection
from tests.dj.llm_set import a_set
LlmConnection.ask = lambda *_: time.sleep(600)
access = LlmAccess(SecretStr("k"), "http://x", "m", 0.3)
print(llm.LlmStrategist(access).propose(a_set(), DjRules()).reasons)
"""
    root = ROOT
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    assert "did not answer within 0.3 s" in done.stdout


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_bug_gives_a_reason(monkeypatch):
    monkeypatch.setattr(llm, "check_reply", lambda *_: {}["nothing"])
    with serving() as server:
        found = proposed(server.base_url)
    assert found.reasons == dict.fromkeys(ALL, "asking the language model failed")


def test_long_sets_are_asked_in_parallel_batches():
    def slow(handler, request):
        time.sleep(0.4)
        obliging(handler, request)

    with serving(slow) as server:
        found = proposed(server.base_url, pairs=a_set(60))
    assert len(found.strategies) == 59
    assert len(server.requests) == 5
    assert found.strategies[58].outgoing == "track-58"
    assert found.notes == ()


def test_batches_in_time_are_used():
    def slow_at_the_start(handler, request):
        data = json.loads(request["messages"][-1]["content"])
        (silence if data["pairs"][0]["outgoing"]["id"] == "t1" else obliging)(handler, request)

    with serving(slow_at_the_start) as server:
        # 8 s: longer than any good answer takes, and one batch waits until then.
        found = proposed(server.base_url, pairs=a_set(20), timeout_s=8.0)
    assert found.reasons.keys() == set(range(12))
    assert found.strategies.keys() == set(range(12, 19))


def test_second_question_names_the_faults():
    with serving(change(bars=7), obliging) as server:
        found = proposed(server.base_url)
    assert found.strategies.keys() == ALL
    second = server.requests[1]["messages"]
    assert "7 bars are not a multiple of 4" in second[0]["content"]
    assert [p["outgoing"]["id"] for p in json.loads(second[1]["content"])["pairs"]] == ["t1"]


def test_server_without_schema_support_gets_schema_in_prompt():
    with serving(status(400), status(400), obliging) as server:
        proposed(server.base_url)
    assert server.formats == ["json_schema", "json_object", "text"]
    said = [request["messages"][0]["content"] for request in server.requests]
    assert ['"out_at_s"' in words and '"required"' in words for words in said] == [0, 1, 1]


def test_first_of_two_proposals_counts():
    with serving(edited(twice)) as server:
        assert proposed(server.base_url).strategies[0].kind == "blend"


def test_log_contains_no_secrets_or_titles(caplog):
    caplog.set_level("INFO")
    with serving(says("canary of an answer")) as server:
        proposed(server.base_url)
    lines = [record.getMessage() for record in caplog.records if record.levelname != "DEBUG"]
    assert any("proposed 0 of 2 joins" in line for line in lines)
    assert not [line for line in lines if KEY in line or "Title" in line or "canary" in line]


def test_http_client_is_imported_lazily():
    code = (
        "import sys, backend.app.dj.llm.strategist; print(*{'openai', 'httpx2'} & set(sys.modules))"
    )
    root = ROOT
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "")


def test_empty_set_sends_no_request():
    with serving() as server:
        assert strategist(server.base_url).propose([], DjRules()) == Proposals({}, {}, ())
    assert server.requests == []
