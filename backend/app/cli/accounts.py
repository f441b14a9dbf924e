"""``accounts make-admin EMAIL`` and ``accounts reset-link EMAIL``, for a server's operator."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from ..accounts.emails import spellings_of
from ..errors import NotFound
from ..settings import Settings
from ..store.accounts.accounts import AccountStore
from ..store.database import Database
from ..wiring.server_secrets import jwt_secret
from ..wiring.settings.checks import check_server_settings
from ..wiring.settings.read_settings import read_settings
from ..wiring.sign_in import build_sign_in
from ..wiring.stores import open_stores
from .options import Commands


def register(commands: Commands) -> None:
    """Add the command and its options."""
    accounts = commands.add_parser(
        "accounts",
        help="make an admin, or a link to reset a password",
        description="For the operator of a server, with its settings; it may keep running.",
    )
    tasks = accounts.add_subparsers(required=True, metavar="TASK")
    for name, run, what in (
        ("make-admin", make_admin, "make an account an administrator"),
        ("reset-link", make_reset_link, "make a one-time link to set a new password"),
    ):
        task = tasks.add_parser(name, help=what, description=f"{what.capitalize()}.")
        task.add_argument("email", metavar="EMAIL", help="the account's email address")
        task.set_defaults(run=run)


def make_admin(options: argparse.Namespace) -> int:
    """Make an account an administrator."""
    with _opened() as (_, database):
        user = AccountStore(database).make_admin(*spellings_of(options.email))
    if user is None:
        raise NotFound("No account has this email address.", hint="Check its spelling.")
    print(f"{user.email} is an administrator now.")
    return 0


def make_reset_link(options: argparse.Namespace) -> int:
    """Print a one-time link to set a new password; earlier links become void."""
    with _opened() as (settings, database):
        own = build_sign_in(database, jwt_secret(settings)).own_account
        reset = own.make_reset(options.email)
    print(f"{reset.email} can set a new password until {reset.expires_at:%Y-%m-%d %H:%M} UTC at")
    print(settings.reset_url(reset.secret))
    return 0


@contextmanager
def _opened() -> Iterator[tuple[Settings, Database]]:
    settings = read_settings()
    check_server_settings(settings)
    database = open_stores(settings).database
    try:
        yield settings, database
    finally:
        database.close()
