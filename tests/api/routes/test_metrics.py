"""Metrics for Prometheus: guarded, complete, named in the alert rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from backend.app.jobs.cache_uses import CacheUse
from backend.app.jobs.states import JobStatus
from backend.app.services.workers import metrics
from backend.app.settings import Settings
from backend.app.store.jobs.ended import count_caches, count_end, count_step
from backend.app.store.jobs.workers import Gpu, WorkerFacts, WorkerStore
from tests import ROOT
from tests.api.conftest import register, serving

TOKEN = "a token for the metrics of the tests"


@pytest.fixture
def measured(settings: Settings) -> Iterator[TestClient]:
    with serving(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})) as client:
        yield client


def ask(client: TestClient, token: str):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def test_without_metrics_token_only_admins_find_metrics(client: TestClient, alice, bob):
    assert client.get("/metrics").status_code == 404
    assert ask(client, "forged").status_code == 404
    assert ask(client, bob.tokens["access_token"]).status_code == 404
    answer = ask(client, alice.tokens["access_token"])  # the first account is an admin's
    assert answer.status_code == 200
    assert "segue_jobs_waiting" in answer.text


def test_admins_and_no_other_users_read_metrics_beside_the_token(measured: TestClient):
    alice, bob = register(measured, "alice@example.org"), register(measured, "bob@example.org")
    assert ask(measured, alice.tokens["access_token"]).status_code == 200
    refused = ask(measured, bob.tokens["access_token"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")


def test_access_token_of_an_ended_sign_in_reads_no_metrics(measured: TestClient):
    alice = register(measured, "alice@example.org")
    measured.post("/auth/logout", json={"refresh_token": alice.tokens["refresh_token"]})
    assert ask(measured, alice.tokens["access_token"]).status_code == 401


def test_missing_package_is_named(client: TestClient, alice, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metrics, "find_spec", lambda _: None)
    answer = ask(client, alice.tokens["access_token"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_configured")
    assert "requirements-scale.txt" in answer.json()["error"]["hint"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer no"}, {"Authorization": TOKEN}])
def test_other_tokens_are_refused(measured: TestClient, headers: dict[str, str]):
    assert measured.get("/metrics", headers=headers).status_code == 401


def test_figures_are_metrics_and_alerts_name_no_others(measured: TestClient):
    database = measured.app.state.services.stores.database
    gpu = WorkerFacts("host#1/7/9/ab", ("gpu",), 4, (), "1", Gpu("Tesla T4", 5, 10))
    WorkerStore(database).describe(gpu)
    with database.write() as session:
        for seconds in (0.1, 0.2, 5000.0):
            count_step(session.connection(), "mixtape", "mixing", seconds)
        count_caches(session.connection(), [CacheUse("stems", 3, 2)])
        count_end(session.connection(), "mixtape", JobStatus.FAILED)
    answer = ask(measured, TOKEN)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    of_step = (("kind", "mixtape"), ("step", "mixing"))
    assert samples["segue_step_seconds_count", *of_step] == 3
    assert samples["segue_step_seconds_bucket", of_step[0], ("le", "0.5"), of_step[1]] == 2
    assert samples["segue_step_seconds_bucket", of_step[0], ("le", "+Inf"), of_step[1]] == 3
    ended = ("segue_jobs_ended_total", ("kind", "mixtape"), ("status", "failed"))
    assert samples[ended] == 1
    assert samples["segue_cache_hits_total", ("cache", "stems")] == 3
    assert samples["segue_cache_misses_total", ("cache", "stems")] == 2
    assert samples["segue_cache_misses_total", ("cache", "objects")] == 0
    assert samples["segue_jobs_waiting", ("queue", "work")] == 0
    assert samples["segue_gpu_memory_bytes", ("gpu", "Tesla T4"), ("host", "host")] == 10
    assert samples["segue_workers", ("state", "alive")] >= 1

    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    used = {name for rule in alerts for name in re.findall(r"segue_\w+", rule["expr"])}
    assert used <= {name for name, *_ in samples}
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in alerts)
