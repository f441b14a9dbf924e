"""A Google account and an account with the same e-mail: one only after proof of both."""

from __future__ import annotations

import pytest

from tests.api.conftest import PASSWORD

ADA = "ada@example.org"


def code_of(answer) -> str:
    return answer.json()["error"]["code"]


@pytest.fixture
def registered(visitor):
    """A browser whose user has an account with Ada's e-mail and a password."""
    visitor.register(ADA, PASSWORD)
    return visitor


@pytest.fixture
def ticket(registered) -> str:
    """A code that was answered ``join_needed``."""
    code = registered.code_as("ada")
    answer = registered.exchange(code)
    assert (answer.status_code, code_of(answer)) == (409, "join_needed")
    assert ADA in answer.json()["error"]["message"]
    return code


def test_whose_address_somebody_else_has_registered_is_told_whom_to_ask(registered):
    code = registered.code_as("ada")
    for answer in (registered.exchange(code), registered.join(code, "a guess")):
        hint = answer.json()["error"]["hint"]
        assert "If you did not make that account, ask whoever runs this server." in hint


def test_the_right_password_joins_both_for_good(registered, ticket):
    joined = registered.me(registered.join(ticket, PASSWORD))
    assert (joined["email"], joined["is_admin"]) == (ADA, True)
    assert registered.me(registered.exchange(registered.code_as("ada"))) == joined
    assert registered.password(ADA, PASSWORD) == 200  # the password goes on to open it


@pytest.mark.parametrize("wrong", ["", "not the password", PASSWORD.upper()])
def test_a_wrong_password_joins_nothing_and_may_be_put_right(registered, ticket, wrong):
    answer = registered.join(ticket, wrong)
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")
    assert code_of(registered.exchange(registered.code_as("ada"))) == "join_needed"
    ticket = registered.code_as("ada")
    registered.exchange(ticket)
    registered.join(ticket, wrong)
    assert registered.join(ticket, PASSWORD).status_code == 200


def test_wrong_passwords_count_as_at_any_sign_in(registered, ticket):
    answers = [registered.join(ticket, "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert registered.join(ticket, PASSWORD).status_code == 429
    assert registered.password(ADA, PASSWORD) == 429


def test_a_ticket_is_worth_nothing_in_another_browser(registered, ticket, new_browser):
    thief, bare = new_browser(), new_browser()
    thief.code_as("bea")
    for other in (thief, bare):
        assert code_of(other.join(ticket, PASSWORD)) == "oauth_refused"
    assert registered.join(ticket, PASSWORD).status_code == 200


def test_a_ticket_joins_once(registered, ticket):
    assert registered.join(ticket, PASSWORD).status_code == 200
    assert code_of(registered.join(ticket, PASSWORD)) == "oauth_refused"


@pytest.mark.parametrize(("after_s", "status"), [(599, 200), (601, 400)])
def test_a_ticket_lasts_for_ten_minutes(registered, ticket, later, after_s, status):
    later(after_s)
    assert registered.join(ticket, PASSWORD).status_code == status


def test_a_ticket_signs_nobody_in_by_itself_however_often_it_is_sent(registered, ticket):
    assert [registered.exchange(ticket).status_code for _ in range(3)] == [400] * 3
    assert registered.join(ticket, PASSWORD).status_code == 200


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_a_code_is_no_ticket_and_tells_nothing_of_a_password(registered, password):
    code = registered.code_as("ada")
    assert code_of(registered.join(code, password)) == "oauth_refused"


def test_the_password_of_another_account_joins_nothing(registered, ticket):
    registered.register("eve@example.org", "password of eve")
    assert registered.join(ticket, "password of eve").status_code == 401


@pytest.mark.parametrize("password", ["", " ", PASSWORD])
def test_an_account_without_a_password_is_joined_to_no_second_google_account(
    visitor, provider, password
):
    visitor.exchange(visitor.code_as("ada"))
    provider.cheat(claims={"sub": "another ada"})
    code = visitor.code_as("ada")
    assert code_of(visitor.exchange(code)) == "join_needed"
    assert visitor.join(code, password).status_code == 401
