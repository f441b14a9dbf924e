"""DJ rules: permissions and lost-update protection."""

from __future__ import annotations

import pytest

PATH = "/admin/dj-rules"
RULES = {"max_stretch_percent": 4.0, "allowed_kinds": ["blend", "cut"], "loudness_lufs": -11.0}


def put(person, rules=RULES, query=""):
    return person.client.put(PATH + query, json=rules, headers=person.headers)


def test_initial_rules_are_the_defaults(alice):
    view = alice.get(PATH).json()
    assert (view["version"], view["updated_at"]) == (0, None)
    assert view["rules"]["max_stretch_percent"] == 6.0


def test_changed_rules_apply_immediately_with_a_new_version(alice):
    changed = put(alice)
    assert changed.status_code == 200
    assert alice.get(PATH).json() == changed.json()
    assert changed.json()["version"] == 1
    assert changed.json()["rules"]["allowed_kinds"] == ["blend", "cut"]
    assert put(alice, {}).json()["version"] == 2
    assert alice.get(PATH).json()["rules"]["loudness_lufs"] == -14.0


def test_only_admins_can_read_or_change_the_rules(alice, bob):
    assert not bob.get("/auth/me").json()["is_admin"]
    for answer in (bob.get(PATH), put(bob)):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "not_allowed"
    assert alice.client.put(PATH, json=RULES).status_code == 401
    assert alice.get(PATH).json()["version"] == 0


def test_change_based_on_outdated_rules_is_rejected(alice):
    assert put(alice, query="?version=0").status_code == 200
    stale = put(alice, {}, query="?version=0")
    assert stale.status_code == 409
    assert "version 1" in stale.json()["error"]["message"]
    assert put(alice, {}, query="?version=1").json()["version"] == 2


@pytest.mark.parametrize(
    "rules", [{"max_stretch_percent": 9.0}, {"allowed_kinds": []}, {"return_bars": 3}, {"x": 1}]
)
def test_invalid_rules_are_rejected(alice, rules):
    assert put(alice, rules).status_code == 422


def test_only_admins_see_the_servers_figures(alice, bob):
    path = "/admin/figures"
    assert alice.get(path).status_code == 200
    refused = bob.get(path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
    assert alice.client.get(path).status_code == 401
