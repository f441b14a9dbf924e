"""The card of the YouTube connection: channel, permissions, connect, disconnect."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from backend.app.contract.publishing import ChannelView, YouTubeStatus
from frontend.components.cards.channel_line import channel_line
from frontend.error_messages import escaped, show_error
from frontend.labels import figures
from frontend.labels.publish import uploads_left
from frontend.sections.publish import connect_youtube
from frontend.state import saved_page, session

#: Google ends a connection at this age while the project's consent screen is in testing. The
#: warning comes two days before.
TESTING_DAYS = 7
OLD_DAYS = 5.0
NO_UPLOADS = "Segue may not upload videos. Connect again and tick that box."
NO_PLAYLISTS = (
    "Segue may not use playlists. You can publish without them, or connect again and tick that box."
)
UNKNOWN_CHANNEL = ChannelView(id="", title="Your channel", url="")


def connection_card(status: YouTubeStatus) -> None:
    """Draw the state of the YouTube connection, and the buttons to change it."""
    error = connect_youtube.connection_error()
    if error:
        show_error(error)
    with st.container(border=True, key="youtube_connection"):
        if status.missing_setting:
            not_set_up(status.missing_setting, status.missing_reason)
        elif status.needs_reconnect:
            ended(status)
        elif not status.connected:
            not_connected()
        else:
            connected(status)


def not_set_up(setting: str, reason: str | None) -> None:
    """Say that the server has no Google project, and how its admin can add one."""
    st.markdown("**This server is not set up for YouTube yet.**")
    name = setting.replace("`", "")
    if session.me().is_admin:
        if reason:
            warning(escaped(reason))
        st.caption(
            "Save Google's file as `client_secrets.json` in Segue's folder, or name it in "
            f"`{name}`; the steps are in the README under “Google and YouTube”. "
            "Everything else works without it."
        )
    else:
        st.caption(f"Ask its admin: the setting `{name}` is missing.")


def not_connected() -> None:
    """Offer to connect a channel."""
    text, button = st.columns([3, 1], vertical_alignment="center")
    text.markdown("**Connect your YouTube channel**")
    text.caption(
        "Google asks for the channel and for permissions. "
        "Nothing goes online before you press Publish."
    )
    with button:
        connect_button("Connect YouTube")
    for note in connect_youtube.DISCONNECT_NOTES.get() or []:
        warning(escaped(note))


def ended(status: YouTubeStatus) -> None:
    """Say that YouTube no longer accepts the connection."""
    text, button = st.columns([3, 1], vertical_alignment="center")
    name = f" to {escaped(status.channel.title)}" if status.channel else ""
    text.markdown(f":red[:material/link_off:] **The connection{name} has ended**")
    text.caption(
        "It was revoked at Google, or it was a week old. "
        "Connect again to publish; waiting publications then continue."
    )
    with button:
        connect_button("Connect again")
        disconnect_button()


def connected(status: YouTubeStatus) -> None:
    """Show the channel, the uploads left today, and warnings."""
    connect_youtube.show_success()
    text, button = st.columns([3, 1], vertical_alignment="center")
    with text:
        left = uploads_left(status.uploads_left_today, status.uploads_per_day)
        reset = figures.relative_time(status.uploads_reset_at, st.context.timezone)
        channel_line(status.channel or UNKNOWN_CHANNEL, f"{left} on this server, reset {reset}.")
    with button, st.popover("Connection", icon=":material/settings:", width="stretch"):
        details(status)
    if not (status.may_upload and status.may_manage):
        warning(NO_PLAYLISTS if status.may_upload else NO_UPLOADS)
        connect_button("Connect again", wide=False)
    age_days = status.token_age_days or 0.0
    if OLD_DAYS <= age_days < TESTING_DAYS:
        warning(
            f"The connection is {int(age_days)} days old. If the server's Google project is in "
            f"testing, it ends after {TESTING_DAYS} days; then connect again.",
            icon="schedule",
        )


def warning(text: str, *, icon: str = "warning") -> None:
    """Show a warning in one line."""
    st.markdown(f":orange[:material/{icon}:] {text}")


def details(status: YouTubeStatus) -> None:
    """Show the permissions, the connection's age, and the disconnect button."""
    st.markdown(f"{check_mark(status.may_upload)} Upload videos, set their thumbnails")
    st.markdown(f"{check_mark(status.may_manage)} Use playlists")
    if status.connected_at:
        since = figures.day_and_time(status.connected_at, st.context.timezone)
        st.caption(f"Connected since {since}.")
    for note in status.notes:
        st.caption(escaped(note))
    st.caption(
        "Disconnecting also revokes the permissions at Google. "
        "Videos stay online; waiting publications stop."
    )
    disconnect_button()


def check_mark(allowed: bool) -> str:
    """Return an icon for a permission."""
    return ":green[:material/check:]" if allowed else ":gray[:material/close:]"


def connect_button(label: str, *, wide: bool = True) -> None:
    """Draw a link to Google's consent page, opened in the same browser tab."""
    width: Literal["stretch", "content"] = "stretch" if wide else "content"
    if st.button(label, icon=":material/link:", type="primary", key="connect", width=width):
        connect_youtube.connect(saved_page.publish_page(st.query_params.get("job", "")))


def disconnect_button() -> None:
    """Draw the disconnect button; the caller asks for confirmation."""
    if st.button("Disconnect", icon=":material/link_off:", key="disconnect", width="stretch"):
        connect_youtube.disconnect()
        st.rerun()
