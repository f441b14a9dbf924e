"""Build sign-in with a password or with Google."""

from __future__ import annotations

from dataclasses import dataclass

from ..accounts.google_sign_in import GoogleSignIn
from ..accounts.own_account import OwnAccount
from ..accounts.passwords import Passwords
from ..accounts.server_secrets import derived_key
from ..accounts.sign_in import Accounts
from ..accounts.tokens import AccessTokens
from ..store.accounts.accounts import AccountStore
from ..store.accounts.credentials import CredentialStore
from ..store.accounts.google import GoogleStore
from ..store.accounts.password_changes import PasswordStore
from ..store.database import Database


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in services; the key encrypts the cookie for a visit to Google."""

    accounts: Accounts
    google: GoogleSignIn
    own_account: OwnAccount
    oauth_cookie_key: bytes

    def delete_expired(self) -> None:
        """Delete the expired rows of all sign-in services."""
        self.accounts.delete_expired()
        self.google.delete_expired()
        self.own_account.delete_expired()


def build_sign_in(database: Database, secret: str) -> SignIn:
    """Build the sign-in services; ``secret`` signs access tokens."""
    rows, credentials = AccountStore(database), CredentialStore(database)
    accounts = Accounts(rows, credentials, Passwords(), AccessTokens(secret))
    return SignIn(
        accounts=accounts,
        google=GoogleSignIn(accounts, GoogleStore(database)),
        own_account=OwnAccount(accounts, rows, credentials, PasswordStore(database)),
        oauth_cookie_key=derived_key(secret, "oauth cookie"),
    )
