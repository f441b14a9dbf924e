"""Which settings reach the processes of each job kind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.app.settings import Settings
from backend.app.wiring.jobs.concurrency import lanes, shares_tasks
from backend.app.wiring.jobs.executor import executor_options
from backend.app.wiring.jobs.job_resources import job_resources
from backend.app.wiring.limits import youtube_limits

FFMPEG = Path("/usr/bin/ffmpeg")


def settings(tmp_path: Path, **values: object) -> Settings:
    return Settings(_env_file=None, storage_root=tmp_path, **values)


def test_language_model_reaches_only_kinds_with_a_description(tmp_path: Path) -> None:
    given = settings(tmp_path, openai_api_key=SecretStr("sk-own"), llm_timeout_s=7.5)
    options = executor_options(given, FFMPEG, ["key"])
    having = {kind for kind, one in options.secrets.items() if "OPENAI_API_KEY" in one}
    assert having == {"mixtape", "mashup"}
    assert options.secrets["mashup"]["OPENAI_API_KEY"] == "sk-own"
    assert options.secrets["mashup"]["LLM_TIMEOUT_S"] == "7.5"
    assert "OPENAI_API_KEY" not in options.environment


def test_encryption_keys_and_database_reach_only_publications(tmp_path: Path) -> None:
    options = executor_options(settings(tmp_path), FFMPEG, ["new", "old"])
    for name, value in (
        ("TOKENS_ENCRYPTION_KEY", "new,old"),
        ("DATABASE_URL", f"sqlite:///{tmp_path}/segue.db"),
    ):
        assert {kind for kind, one in options.secrets.items() if name in one} == {"publish"}
        assert options.secrets["publish"][name] == value
        assert name not in options.environment


@pytest.mark.parametrize("kind", ["mixtape", "mashup", "publish"])
def test_youtubes_limits_reach_what_writes_for_youtube(tmp_path: Path, kind: str) -> None:
    given = settings(tmp_path, youtube_max_title_chars=90, youtube_min_chapters=4)
    secrets = executor_options(given, FFMPEG, ["key"]).secrets[kind]
    assert secrets["YOUTUBE_MAX_TITLE_CHARS"] == "90"
    assert secrets["YOUTUBE_MIN_CHAPTERS"] == "4"


def test_wait_between_searches_of_a_channel_reaches_uploads(tmp_path: Path) -> None:
    secrets = executor_options(settings(tmp_path, youtube_search_again_s=0.5), FFMPEG, []).secrets
    assert secrets["publish"]["YOUTUBE_SEARCH_AGAIN_S"] == "0.5"


def test_each_limit_has_its_own_setting(tmp_path: Path) -> None:
    limits = youtube_limits(
        settings(
            tmp_path,
            youtube_max_title_chars=1,
            youtube_max_description_bytes=2,
            youtube_max_tags_chars=3,
            youtube_min_chapters=4,
            youtube_min_chapter_s=5,
            youtube_max_thumbnail_bytes=6,
            youtube_max_video_bytes=7,
            youtube_max_video_s=8,
            youtube_max_unverified_channel_s=9,
        )
    )
    assert (limits.title_chars, limits.description_bytes, limits.tags_chars) == (1, 2, 3)
    assert (limits.chapters, limits.chapter_s, limits.thumbnail_bytes) == (4, 5, 6)
    assert (limits.video_bytes, limits.video_s, limits.unverified_channel_s) == (7, 8, 9)


def test_only_the_number_of_long_jobs_is_a_setting(tmp_path: Path) -> None:
    expected = {"work": 3, "interactive": 2, "analysis": 3, "net": 2}
    assert lanes(settings(tmp_path, max_concurrent_jobs=3)) == expected
    celery = settings(tmp_path, max_concurrent_jobs=3, executor="celery")
    assert lanes(celery) == {**expected, "gpu": 1}


def test_one_users_analyses_leave_a_place_for_others(tmp_path: Path) -> None:
    options = executor_options(settings(tmp_path), FFMPEG, ["key"])
    assert options.per_user == {"analysis": options.lanes["analysis"] - 1}


def test_jobs_that_users_wait_for_come_first(tmp_path: Path) -> None:
    options = executor_options(settings(tmp_path), FFMPEG, ["key"])
    by_niceness = sorted(options.lanes, key=lambda lane: options.niceness[lane])
    assert by_niceness == ["interactive", "analysis", "net", "work"]
    assert options.niceness["interactive"] > 0, "the API and the player come before all jobs"


def test_all_cores_render_unless_a_number_is_set(tmp_path: Path) -> None:
    workers = [job_resources(settings(tmp_path, render_workers=n)).workers for n in (0, 3)]
    assert workers == [os.cpu_count(), 3]


@pytest.mark.parametrize(
    ("changed", "shares"),
    [
        ({}, False),
        ({"max_concurrent_jobs": 4}, False),  # a job's threads use all processors already
        ({"render_workers": 1}, False),
        ({"max_concurrent_jobs": 4, "render_workers": 1}, True),
        ({"database_url": "postgresql://host/segue"}, True),
        ({"executor": "celery"}, True),
    ],
)
def test_steps_split_where_other_workers_could_help(
    tmp_path: Path, changed: dict[str, object], shares: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert shares_tasks(settings(tmp_path, **changed)) is shares
