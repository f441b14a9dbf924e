"""Linking a Google account to an account with its email needs both passwords."""

from __future__ import annotations

import pytest

from tests.api.conftest import PASSWORD

ADA = "ada@example.org"


def code_of(answer) -> str:
    return answer.json()["error"]["code"]


@pytest.fixture
def registered(visitor):
    """A browser whose user has an account with Ada's email and a password."""
    visitor.register(ADA, PASSWORD)
    return visitor


@pytest.fixture
def ticket(registered) -> str:
    """A ticket from a sign-in that returned ``join_needed``."""
    code = registered.code_as("ada")
    answer = registered.exchange(code)
    assert (answer.status_code, code_of(answer)) == (409, "join_needed")
    assert ADA in answer.json()["error"]["message"]
    return code


def test_hint_names_the_operator_if_the_address_is_taken(registered):
    code = registered.code_as("ada")
    for answer in (registered.exchange(code), registered.join(code, "a guess")):
        hint = answer.json()["error"]["hint"]
        assert "If you did not create that account, ask the operator of this server." in hint


def test_right_password_joins_the_accounts_permanently(registered, ticket):
    joined = registered.me(registered.join(ticket, PASSWORD))
    assert (joined["email"], joined["is_admin"]) == (ADA, True)
    assert registered.me(registered.exchange(registered.code_as("ada"))) == joined
    assert registered.password(ADA, PASSWORD) == 200  # the password still opens the account


@pytest.mark.parametrize("wrong", ["", "not the password", PASSWORD.upper()])
def test_wrong_password_joins_nothing_and_can_be_corrected(registered, ticket, wrong):
    answer = registered.join(ticket, wrong)
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")
    assert code_of(registered.exchange(registered.code_as("ada"))) == "join_needed"
    ticket = registered.code_as("ada")
    registered.exchange(ticket)
    registered.join(ticket, wrong)
    assert registered.join(ticket, PASSWORD).status_code == 200


def test_wrong_passwords_count_towards_the_sign_in_limit(registered, ticket):
    answers = [registered.join(ticket, "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert registered.join(ticket, PASSWORD).status_code == 429
    assert registered.password(ADA, PASSWORD) == 429


def test_ticket_is_rejected_in_another_browser(registered, ticket, new_browser):
    thief, bare = new_browser(), new_browser()
    thief.code_as("bea")
    for other in (thief, bare):
        assert code_of(other.join(ticket, PASSWORD)) == "oauth_refused"
    assert registered.join(ticket, PASSWORD).status_code == 200


def test_ticket_works_once(registered, ticket):
    assert registered.join(ticket, PASSWORD).status_code == 200
    assert code_of(registered.join(ticket, PASSWORD)) == "oauth_refused"


@pytest.mark.parametrize(("after_s", "status"), [(599, 200), (601, 400)])
def test_ticket_expires_after_ten_minutes(registered, ticket, later, after_s, status):
    later(after_s)
    assert registered.join(ticket, PASSWORD).status_code == status


def test_ticket_without_password_never_signs_in(registered, ticket):
    assert [registered.exchange(ticket).status_code for _ in range(3)] == [400] * 3
    assert registered.join(ticket, PASSWORD).status_code == 200


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_code_is_no_ticket_and_reveals_nothing_about_passwords(registered, password):
    code = registered.code_as("ada")
    assert code_of(registered.join(code, password)) == "oauth_refused"


def test_another_accounts_password_joins_nothing(registered, ticket):
    registered.register("eve@example.org", "password of eve")
    assert registered.join(ticket, "password of eve").status_code == 401


@pytest.mark.parametrize("password", ["", " ", PASSWORD])
def test_account_without_password_joins_no_second_google_account(visitor, provider, password):
    visitor.exchange(visitor.code_as("ada"))
    provider.cheat(claims={"sub": "another ada"})
    code = visitor.code_as("ada")
    assert code_of(visitor.exchange(code)) == "join_needed"
    assert visitor.join(code, password).status_code == 401
