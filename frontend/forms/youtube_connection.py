"""The connection to YouTube as a card: whose channel, what is allowed, and the way in and out."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from backend.app.contract.publishing import ChannelView, YouTubeStatus
from frontend import channel, session, words
from frontend.components.channel_line import channel_line
from frontend.problems import escaped, show
from frontend.publish_words import uploads_left

#: Google ends connections after seven days where a project's consent screen is in testing mode;
#: from here on it is worth a word of its own.
OLD_DAYS = 5.0
NO_CHANNEL = ChannelView(id="", title="Your channel", url="")


def connection_card(status: YouTubeStatus) -> None:
    """How things stand between this person and YouTube."""
    wrong = channel.what_went_wrong()
    if wrong:
        show(wrong)
    with st.container(border=True, key="youtube_connection"):
        if status.missing_setting:
            not_set_up(status.missing_setting, status.missing_reason)
        elif status.needs_reconnect:
            lost(status)
        elif not status.connected:
            not_connected()
        else:
            connected(status)


def not_set_up(setting: str, why: str | None) -> None:
    """The server cannot speak to Google; only who runs it can change that."""
    st.markdown("**This server is not set up for YouTube yet.**")
    name = setting.replace("`", "")
    if session.me().is_admin:
        if why:
            st.markdown(f":orange[:material/warning:] {escaped(why)}")
        st.caption(
            "Save Google's file as `client_secrets.json` in Segue's folder, or name it in "
            f"`{name}`; the steps are in the README under “Google and YouTube”."
        )
    else:
        st.caption(f"Ask whoever runs it: the setting `{name}` is missing.")


def not_connected() -> None:
    """The way in."""
    said, way = st.columns([3, 1], vertical_alignment="center")
    said.markdown("**Connect your YouTube channel**")
    said.caption(
        "Google asks which channel it is and what Segue may do there. "
        "Nothing goes online before you press Publish."
    )
    with way:
        connect_button("Connect YouTube")
    for note in channel.LEFT_BEHIND.get() or []:
        st.markdown(f":orange[:material/warning:] {escaped(note)}")


def lost(status: YouTubeStatus) -> None:
    """There was a connection, and YouTube takes it no longer."""
    said, way = st.columns([3, 1], vertical_alignment="center")
    name = f" to {escaped(status.channel.title)}" if status.channel else ""
    said.markdown(f":red[:material/link_off:] **The connection{name} has ended**")
    said.caption(
        "YouTube no longer accepts it: it was taken back at Google, or it was a week old. "
        "Connect again to publish; what waits for it then goes on."
    )
    with way:
        connect_button("Connect again")
        disconnect_button()


def connected(status: YouTubeStatus) -> None:
    """Whose channel it is, and what is left of the day's uploads."""
    if channel.CAME_BACK.get() == "":
        st.toast("Your channel is connected.", icon=":material/check_circle:")
        channel.CAME_BACK.drop()
    said, way = st.columns([3, 1], vertical_alignment="center")
    with said:
        channel_line(status.channel or NO_CHANNEL, left_today(status))
    with way, st.popover("Connection", icon=":material/settings:", width="stretch"):
        details(status)
    if not (status.may_upload and status.may_manage):
        st.markdown(f":orange[:material/warning:] {missing_permission(status)}")
        connect_button("Connect again", wide=False)
    if not status.verified_project and (status.token_age_days or 0.0) >= OLD_DAYS:
        st.markdown(f":orange[:material/schedule:] {week_note(status)}")


def left_today(status: YouTubeStatus) -> str:
    """The day's uploads, and when there are new ones."""
    left = uploads_left(status.uploads_left_today, status.uploads_per_day)
    anew = words.when(status.uploads_reset_at, st.context.timezone)
    return f"{left} on this server, new ones {anew}."


def details(status: YouTubeStatus) -> None:
    """What is allowed, since when, and the way out."""
    st.markdown(f"{allowed(status.may_upload)} Upload videos, set their thumbnails")
    st.markdown(f"{allowed(status.may_manage)} Use playlists")
    if status.connected_at:
        since = words.day_and_time(status.connected_at, st.context.timezone)
        st.caption(f"Connected since {since}.")
    for note in status.notes:
        st.caption(escaped(note))
    st.caption(
        "Disconnecting takes back what you allowed, at Google too. "
        "Videos stay online; what waits to be published stops."
    )
    disconnect_button()


def allowed(yes: bool) -> str:
    """A sign for what may be done or not."""
    return ":green[:material/check:]" if yes else ":gray[:material/close:]"


def missing_permission(status: YouTubeStatus) -> str:
    """What Segue was not allowed to do."""
    if not status.may_upload:
        return "You have not allowed Segue to upload videos. Connect again and tick that box."
    return (
        "You have not allowed Segue to use playlists. "
        "Videos can be published without; to have them, connect again and tick that box."
    )


def week_note(status: YouTubeStatus) -> str:
    """How old the connection is, and why that matters."""
    return (
        f"The connection is {int(status.token_age_days or 0.0)} days old. While the server's "
        "project is in testing at Google, every connection ends after 7 days; then connect again."
    )


def connect_button(label: str, *, wide: bool = True) -> None:
    """The way to Google, in this tab."""
    width: Literal["stretch", "content"] = "stretch" if wide else "content"
    if st.button(label, icon=":material/link:", type="primary", key="connect", width=width):
        channel.connect()


def disconnect_button() -> None:
    """The way out; its place sees to the second thought."""
    if st.button("Disconnect", icon=":material/link_off:", key="disconnect", width="stretch"):
        channel.disconnect()
        st.rerun()
