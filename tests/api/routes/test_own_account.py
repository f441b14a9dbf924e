"""Password, sessions, reset links and deletion of one's own account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from backend.app.errors import YouTubeUnreachable
from backend.app.services import account_removal
from backend.app.store.accounts.accounts import NO_PASSWORD, UserRow
from backend.app.store.accounts.password_changes import PasswordResetRow
from tests.patience import wait_until

from ..conftest import PASSWORD, Person, picture, register, tone

NEW = "a new sentence to remember"
ALICE, BOB = "alice@example.org", "bob@example.org"


def sign_in(client, email=ALICE, password=PASSWORD, device="Firefox/1") -> Person | None:
    form = {"username": email, "password": password}
    answer = client.post("/auth/token", data=form, headers={"User-Agent": device})
    return Person(client, answer.json()) if answer.status_code == 200 else None


def sessions_of(person: Person) -> list[dict]:
    answer = person.get("/auth/sessions")
    assert answer.status_code == 200, answer.text
    return answer.json()["sessions"]


def change(person: Person, **body: str):
    return person.client.post("/auth/password", json=body, headers=person.headers)


def renewed(person: Person) -> int:
    body = {"refresh_token": person.tokens["refresh_token"]}
    return person.client.post("/auth/refresh", json=body).status_code


def code_of(answer) -> str:
    return answer.json()["error"]["code"]


class TestSessions:
    def test_list_has_device_address_and_times(self, client, alice):
        laptop = sign_in(client, device="Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")
        here, other = sessions_of(laptop)
        assert (here["current"], other["current"]) == (True, False)
        assert here["device"].endswith("Firefox/150.0")
        assert here["address"] == "testclient"
        assert datetime.fromisoformat(here["created_at"]) <= datetime.now(UTC)

    def test_renewing_records_the_last_visit(self, client, alice):
        (before,) = sessions_of(alice)
        body = {"refresh_token": alice.tokens["refresh_token"]}
        client.post("/auth/refresh", json=body, headers={"User-Agent": "Chrome/2"})
        (after,) = sessions_of(alice)
        assert after["id"] == before["id"]
        assert after["last_seen_at"] > before["last_seen_at"]
        assert after["device"] == "Chrome/2"

    def test_cookie_belongs_to_its_sign_in(self, client, alice):
        client.post("/auth/session", json={"code": alice.tokens["session_code"]})
        by_cookie = Person(client, client.post("/auth/refresh").json())
        (session,) = sessions_of(by_cookie)
        assert session["current"]

    def test_ended_session_stops_at_once(self, client, alice):
        client.post("/auth/session", json={"code": alice.tokens["session_code"]})
        laptop = sign_in(client)
        mine = next(one for one in sessions_of(laptop) if not one["current"])
        answer = client.delete(f"/auth/sessions/{mine['id']}", headers=laptop.headers)
        assert answer.status_code == 204
        assert alice.get("/auth/me").status_code == 401  # the access token is void, too
        assert renewed(alice) == 401
        assert client.post("/auth/refresh").status_code == 401  # the cookie
        assert len(sessions_of(laptop)) == 1
        again = client.delete(f"/auth/sessions/{mine['id']}", headers=laptop.headers)
        assert (again.status_code, code_of(again)) == (404, "not_found")

    def test_all_other_sessions_end_together(self, client, alice):
        phone, laptop = sign_in(client), sign_in(client)
        assert client.delete("/auth/sessions", headers=laptop.headers).status_code == 204
        assert [renewed(one) for one in (alice, phone, laptop)] == [401, 401, 200]
        assert len(sessions_of(laptop)) == 1

    def test_signing_out_removes_the_session_from_the_list(self, client, alice):
        laptop = sign_in(client)
        client.post("/auth/logout", json={"refresh_token": alice.tokens["refresh_token"]})
        assert [one["current"] for one in sessions_of(laptop)] == [True]
        assert alice.get("/auth/me").status_code == 401


class TestPassword:
    def test_new_password_replaces_the_old_and_ends_other_sessions(self, client, alice):
        laptop = sign_in(client)
        assert change(laptop, current_password=PASSWORD, new_password=NEW).status_code == 204
        assert laptop.get("/auth/me").status_code == 200
        assert renewed(laptop) == 200
        assert renewed(alice) == 401
        assert sign_in(client) is None
        assert sign_in(client, password=NEW)

    def test_wrong_current_password_is_refused_and_counted(self, client, alice):
        answers = [change(alice, current_password="wrong", new_password=NEW) for _ in range(6)]
        assert [one.status_code for one in answers] == [403] * 5 + [429]
        assert code_of(answers[0]) == "wrong_password"
        assert alice.get("/auth/me").status_code == 200

    @pytest.mark.parametrize(
        ("new", "code"),
        [
            ("password1", "weak_password"),
            (ALICE, "weak_password"),
            ("short", "invalid_request"),
        ],
    )
    def test_weak_new_password_is_refused(self, client, alice, new, code):
        answer = change(alice, current_password=PASSWORD, new_password=new)
        assert (answer.status_code, code_of(answer)) == (422, code)
        assert sign_in(client)

    def test_account_of_google_gets_a_first_password(self, client, alice):
        only_google = sa.update(UserRow).values(password_hash=NO_PASSWORD)
        client.app.state.services.stores.database.change(only_google)
        assert alice.get("/auth/me").json()["has_password"] is False
        assert change(alice, new_password=NEW).status_code == 204
        assert alice.get("/auth/me").json()["has_password"] is True
        assert sign_in(client, password=NEW)
        assert change(alice, new_password="and yet another one").status_code == 403


def link_for(admin: Person, email: str = BOB):
    return admin.client.post("/admin/password-resets", json={"email": email}, headers=admin.headers)


def secret_of(link) -> str:
    assert link.status_code == 201, link.text
    return parse_qs(urlsplit(link.json()["url"]).query)["reset"][0]


def reset(client, secret: str, new: str = NEW):
    return client.post("/auth/password/reset", json={"token": secret, "new_password": new})


class TestReset:
    def test_admins_link_sets_a_password_once_and_signs_in(self, client, alice, bob):
        link = link_for(alice, " Bob@Example.org")
        assert link.json()["email"] == BOB
        assert link.json()["url"].startswith("http://localhost:8501/?reset=")
        answer = reset(client, secret_of(link))
        assert answer.status_code == 200
        assert Person(client, answer.json()).get("/auth/me").json()["email"] == BOB
        assert renewed(bob) == 401
        assert sign_in(client, BOB) is None
        assert sign_in(client, BOB, NEW)
        again = reset(client, secret_of(link))
        assert (again.status_code, code_of(again)) == (410, "reset_expired")

    def test_link_expires_after_a_day(self, client, alice, bob):
        link = link_for(alice)
        ends = datetime.fromisoformat(link.json()["expires_at"])
        assert timedelta(hours=23) < ends - datetime.now(UTC) <= timedelta(hours=24)
        database = client.app.state.services.stores.database
        over = sa.update(PasswordResetRow).values(expires_at=datetime.now(UTC))
        database.change(over)
        assert reset(client, secret_of(link)).status_code == 410
        assert sign_in(client, BOB)

    def test_newer_link_or_password_voids_a_link(self, client, alice, bob):
        first, second = secret_of(link_for(alice)), secret_of(link_for(alice))
        assert reset(client, first).status_code == 410
        change(bob, current_password=PASSWORD, new_password=NEW)
        assert reset(client, second, "another sentence").status_code == 410

    def test_weak_password_does_not_use_the_link_up(self, client, alice, bob):
        secret = secret_of(link_for(alice))
        assert code_of(reset(client, secret, "iloveyou")) == "weak_password"
        assert reset(client, secret).status_code == 200

    def test_reset_ends_the_wait_after_wrong_passwords(self, client, alice, bob):
        assert [sign_in(client, BOB, "wrong") for _ in range(6)] == [None] * 6
        reset(client, secret_of(link_for(alice)))
        assert sign_in(client, BOB, NEW)

    def test_only_admins_make_links(self, client, alice, bob):
        assert link_for(bob, ALICE).status_code == 403
        unknown = link_for(alice, "eve@example.org")
        assert (unknown.status_code, code_of(unknown)) == (404, "not_found")

    def test_secret_is_not_stored(self, client, alice, bob, settings):
        secret = secret_of(link_for(alice)).encode()
        files = Path(settings.storage_root).glob("segue.db*")
        assert not any(secret in file.read_bytes() for file in files)


def delete(person: Person, email: str = BOB, password: str = PASSWORD):
    body = {"email": email, "password": password}
    return person.client.request("DELETE", "/auth/me", json=body, headers=person.headers)


def fill(person: Person) -> dict[str, str]:
    """Give a person a crate, a picture, a sound and a job."""
    crate = person.send_tracks(("a.wav", tone(330.0))).json()
    person.send_image(picture())
    files = {"files": ("hit.wav", tone(seconds=0.1))}
    kind = {"kind": "percussion"}
    person.client.post("/sounds", files=files, data=kind, headers=person.headers)
    job = {"tracks_upload_id": crate["id"]}
    made = person.client.post("/jobs", json=job, headers=person.headers).json()
    return {"job": made["id"], "track": crate["tracks"][0]["id"]}


def files_in(root: Path) -> set[str]:
    kinds = ("content", "images", "jobs", "derived")
    found = (file for kind in kinds for file in (root / kind).rglob("*") if file.is_file())
    return {str(file.relative_to(root)) for file in found}


def rows_of(client, user_id: str) -> dict[str, int]:
    """Count this user's rows in each table that belongs to users."""
    counts = {}
    with client.app.state.services.stores.database.read() as session:
        for name, table in SQLModel.metadata.tables.items():
            if "user_id" in table.c:
                mine = sa.select(sa.func.count()).where(table.c.user_id == user_id)
                counts[name] = session.execute(mine.select_from(table)).scalar_one()
    return {name: n for name, n in counts.items() if n}


class TestDeletion:
    def test_account_goes_with_all_its_data(self, client, alice, bob, settings):
        root = Path(settings.storage_root)
        kept = fill(alice)
        wait_until(lambda: alice.get(f"/jobs/{kept['job']}").json()["status"] == "succeeded")
        before = files_in(root)
        bob_id = bob.get("/auth/me").json()["id"]
        job = fill(bob)["job"]
        wait_until(lambda: bob.get(f"/jobs/{job}").json()["status"] == "succeeded")
        assert {"jobs", "tracks", "uploads", "images", "sounds"} <= rows_of(client, bob_id).keys()
        assert delete(bob).status_code == 204
        assert rows_of(client, bob_id) == {}
        assert files_in(root) == before  # files that both accounts have stay
        assert alice.get(f"/tracks/{kept['track']}/audio").status_code == 200
        assert bob.get("/auth/me").status_code == 401
        assert sign_in(client, BOB) is None
        assert register(client, BOB).get("/jobs").json()["jobs"] == []

    def test_running_and_waiting_jobs_are_cancelled_first(self, client, alice, bob, settings):
        bob_id = bob.get("/auth/me").json()["id"]
        first = fill(bob)["job"]
        crate = bob.send_tracks(("b.wav", tone(220.0))).json()["id"]
        second = client.post("/jobs", json={"tracks_upload_id": crate}, headers=bob.headers)
        wait_until(lambda: bob.get(f"/jobs/{first}").json()["status"] != "queued")
        assert delete(bob).status_code == 204
        services = client.app.state.services
        wait_until(lambda: not services.account_removal.sweep() and not rows_of(client, bob_id))
        jobs = Path(settings.storage_root) / "jobs"
        gone = {first, second.json()["id"]}
        assert not jobs.exists() or not gone & {one.name for one in jobs.iterdir()}

    def test_job_that_does_not_end_is_removed_by_the_sweep(self, client, alice, bob, monkeypatch):
        monkeypatch.setattr(account_removal, "WAIT_S", 0.0)
        removal = client.app.state.services.account_removal
        bob_id = bob.get("/auth/me").json()["id"]
        remove = type(removal.rows).remove
        monkeypatch.setattr(type(removal.rows), "remove", lambda *_: None)
        assert delete(bob).status_code == 204
        assert bob.get("/auth/me").status_code == 401
        assert renewed(bob) == 401
        # a sign-in that began before the change
        late = client.app.state.services.sign_in.accounts.sign_in_as(bob_id)
        assert Person(client, {"access_token": late.access_token}).get("/jobs").status_code == 401
        assert register(client, BOB)  # the address can be used again immediately
        monkeypatch.setattr(type(removal.rows), "remove", remove)
        removal.sweep()
        assert removal.rows.closed() == []
        assert rows_of(client, bob_id) == {}

    def test_youtube_is_disconnected_even_if_google_is_silent(self, client, alice, bob):
        asked = []

        def disconnect(user_id: str) -> None:
            asked.append(user_id)
            raise YouTubeUnreachable("Google does not answer.")

        services = client.app.state.services
        silent = replace(services.account_removal, disconnect=disconnect)
        client.app.state.services = replace(services, account_removal=silent)
        bob_id = bob.get("/auth/me").json()["id"]
        assert delete(bob).status_code == 204
        assert asked == [bob_id]

    @pytest.mark.parametrize(
        ("email", "password", "status", "code"),
        [
            (ALICE, PASSWORD, 422, "wrong_confirmation"),
            ("", PASSWORD, 422, "wrong_confirmation"),
            (BOB, "wrong", 403, "wrong_password"),
            (BOB, "", 403, "wrong_password"),
        ],
    )
    def test_unconfirmed_deletion_changes_nothing(
        self, client, alice, bob, email, password, status, code
    ):
        answer = delete(bob, email, password)
        assert (answer.status_code, code_of(answer)) == (status, code)
        assert bob.get("/auth/me").status_code == 200

    def test_account_of_google_is_deleted_without_a_password(self, client, alice, bob):
        only_google = sa.update(UserRow).values(password_hash=NO_PASSWORD)
        client.app.state.services.stores.database.change(only_google)
        assert delete(bob, ALICE, "").status_code == 422
        assert delete(bob, BOB, "").status_code == 204

    def test_second_deletion_at_the_same_time_is_no_error(self, client, alice, bob):
        rows = client.app.state.services.account_removal.rows
        bob_id = bob.get("/auth/me").json()["id"]
        rows.close(bob_id, now=datetime.now(UTC))
        rows.close(bob_id, now=datetime.now(UTC))  # closed
        assert rows.remove(bob_id) is not None
        rows.close(bob_id, now=datetime.now(UTC))  # gone

    def test_sweep_goes_on_after_an_account_that_fails(self, client, alice, bob, monkeypatch):
        removal = client.app.state.services.account_removal
        tried = []

        def remove(rows, user_id):
            tried.append(user_id)
            raise OSError("the disk is away")

        monkeypatch.setattr(type(removal.rows), "closed", lambda rows: ["one", "two"])
        monkeypatch.setattr(type(removal.rows), "remove", remove)
        removal.sweep()
        assert tried == ["one", "two"]

    def test_the_only_admin_stays_while_others_have_accounts(self, client, alice, bob):
        answer = delete(alice, ALICE)
        assert (answer.status_code, code_of(answer)) == (409, "conflict")
        assert "make-admin" in answer.json()["error"]["hint"]
        assert delete(bob).status_code == 204
        assert delete(alice, ALICE).status_code == 204
        # the first account of an empty server is the admin
        assert register(client, BOB).get("/auth/me").json()["is_admin"]
