"""Field for a new password, with its rules."""

from __future__ import annotations

import streamlit as st

from ...api.errors import ApiError
from ...error_messages import show_error

MIN_PASSWORD = 8


def ask_new_password(key: str, label: str = "Password") -> str:
    """Draw the field for a new password."""
    return st.text_input(
        label,
        key=key,
        type="password",
        autocomplete="new-password",
        placeholder=f"At least {MIN_PASSWORD} characters",
    )


def is_long_enough(password: str) -> bool:
    """Check a new password's length, and show an error if it is too short."""
    if len(password) >= MIN_PASSWORD:
        return True
    hint = f"Use at least {MIN_PASSWORD} characters; a sentence is easy to remember."
    show_error(ApiError("weak_password", "This password is too short.", hint))
    return False
