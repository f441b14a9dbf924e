"""docker-compose.yml: what it names exists, and nothing is left open or unchecked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.app.settings import Settings
from tests import ROOT
from tests.deploy.images import TARGETS

FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
NOT_OURS = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SHARED_CREDENTIALS_FILE"}
"""What the S3 client reads itself."""


def test_each_image_is_used() -> None:
    assert {one["build"]["target"] for one in OURS.values()} == set(TARGETS)


@pytest.mark.parametrize("name", [*SERVICES])
def test_each_service_restarts_and_is_checked(name: str) -> None:
    one = SERVICES[name]
    assert one["restart"] == "unless-stopped"
    if name not in OURS:  # ours have the image's own check
        assert one["healthcheck"]["test"][0] == "CMD"
        assert re.search(r":v?\d", one["image"]), "a pinned version"
    for other, wanted in one.get("depends_on", {}).items():
        assert other in SERVICES
        assert wanted == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", [*OURS])
def test_our_services_can_change_nothing_but_their_data(name: str) -> None:
    one = OURS[name]
    assert one["read_only"] and one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in one, "only the proxy is reached from outside"
    assert "privileged" not in one and "user" not in one


@pytest.mark.parametrize("name", [*OURS])
def test_our_services_get_settings_that_exist(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields}
    for setting, value in OURS[name]["environment"].items():
        own = setting.removesuffix("_FILE") if value.startswith("/run/secrets/") else setting
        assert own in known | NOT_OURS or setting in NOT_OURS, setting
        if value.startswith("/run/secrets/"):
            assert value.rpartition("/")[2] in OURS[name]["secrets"]


def test_every_name_is_declared() -> None:
    for name, one in SERVICES.items():
        assert {*one.get("secrets", ())} <= {*COMPOSE["secrets"]}, name
        assert {*one["networks"]} <= {*COMPOSE["networks"]}, name
        for volume in one.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), volume


def test_nothing_secret_is_written_in_the_file() -> None:
    text = FILE.read_text(encoding="utf-8").lower()
    assert not re.search(r"(password|secret|token|key)\w*: *['\"]?[a-z0-9]{8,}\s*$", text, re.M)


def test_secrets_are_made_once(tmp_path: Path) -> None:
    script = tmp_path / "make_secrets.sh"
    script.write_text((ROOT / "deploy/make_secrets.sh").read_text())
    made = []
    for _ in range(2):
        subprocess.run(["bash", str(script)], check=True, capture_output=True)
        made.append({file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()})
    assert made[0] == made[1]
    wanted = {Path(one["file"]).name for one in COMPOSE["secrets"].values()}
    assert set(made[0]) == wanted
    password = made[0]["postgres_password"]
    assert re.fullmatch(r"[0-9a-f]{64}", password)
    assert made[0]["database_url"] == f"postgresql://segue:{password}@postgres/segue"
    assert len({*made[0].values()}) == len(made[0])
