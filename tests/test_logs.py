"""Log redaction and job ids."""

from __future__ import annotations

import logging

import httpx2
import pytest

from backend.app.logs import job_in_logs, set_up_logs


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("Authorization: Bearer abc.def", "abc.def"),
        ("token eyJhbGciOiJI.eyJzdWIi.c2ln at the door", "eyJzdWIi"),
        ("GET /files/1/mix.mp3?expires=9&inline=1&sig=0123abcd", "0123abcd"),
        ("https://s3.example/mix.mp3?X-Amz-Expires=600&X-Amz-Signature=0123abcd", "0123abcd"),
        ("connecting to postgresql://segue:hunter2@db/segue", "hunter2"),
        ("password=hunter2&username=ada", "hunter2"),
        ("GET /youtube/oauth/callback?scope=a&state=p1ANted", "p1ANted"),
        ("PUT https://youtube.example/upload?upload_id=p1ANted&part=id", "p1ANted"),
    ],
)
def test_no_secret_reaches_the_log(
    message: str, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs()
    logging.getLogger("segue").info("%s", message)
    try:
        raise ValueError(message)
    except ValueError:
        logging.getLogger("segue").exception("it failed")
    said = capsys.readouterr().err
    assert secret not in said
    assert said.count("***") == 2
    assert "Traceback" in said


def test_ordinary_text_is_not_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    logging.getLogger("segue").info("GET %s 200 in http://localhost:8000/a@b", "/jobs/1?limit=3")
    assert "GET /jobs/1?limit=3 200 in http://localhost:8000/a@b" in capsys.readouterr().err


def test_called_urls_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    with httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200))) as client:
        client.get("https://youtube.example/upload/secret-path")
    assert capsys.readouterr().err == ""


def test_every_record_has_its_job_id(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    with job_in_logs("j1"):
        logging.getLogger("segue").info("inside")
    logging.getLogger("segue").info("outside")
    inside, outside = capsys.readouterr().err.splitlines()
    assert "job=j1 inside" in inside
    assert "job=- outside" in outside
