"""Rows of uploads and sounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from backend.app.errors import QuotaExceeded
from backend.app.store.holdings import Holdings
from backend.app.store.library import Image, LibraryStore, Track, Upload
from backend.app.store.sounds import Sound, SoundStore
from tests.jobs.rows import Rows

NOW = datetime(2026, 5, 1, tzinfo=UTC)
CRATE = Upload("crate", "tracks", NOW)


@pytest.fixture
def library(rows: Rows) -> LibraryStore:
    library = LibraryStore(rows.database)
    library.add_tracks("ann", CRATE, [], nothing, is_new=True)
    return library


@pytest.fixture
def sounds(rows: Rows) -> SoundStore:
    return SoundStore(rows.database)


def track(name: str) -> Track:
    return Track(name, "crate", f"hash-{name}", name, "", "", 44_100, 16, 0.0, False, "mp3", ())


def sound(name: str, created_at: datetime = NOW) -> Sound:
    return Sound(name, name, "style", f"hash-{name}", 44_100, None, None, None, -14.0, created_at)


def nothing(_held: Holdings) -> None:
    pass


def test_added_tracks_follow_the_earlier_ones(library: LibraryStore):
    for names in ("b", "dc", "a"):
        library.add_tracks("ann", CRATE, [track(name) for name in names], nothing, is_new=False)
    assert [one.id for one in library.tracks("ann", "crate")] == ["b", "d", "c", "a"]


def test_tracks_and_sounds_count_as_contents(library: LibraryStore, sounds: SoundStore):
    held: list[Holdings] = []
    library.add_tracks("ann", CRATE, [track("t")], held.append, is_new=False)
    assert sounds.add("ann", [sound("s")], held.append, at_most=1)
    library.add_image("ann", Upload("p", "image", NOW), Image("p", "p.png", 8, 8), held.append)
    library.add_tracks("ann", CRATE, [], held.append, is_new=False)
    contents = [set(), {"hash-t"}, {"hash-t", "hash-s"}, {"hash-t", "hash-s"}]
    assert [set(one.contents) for one in held] == contents
    assert [set(one.pictures) for one in held] == [set(), set(), set(), {"p.png"}]
    removed: list[str] = []
    for name in ("hash-t", "hash-s", "hash-other"):
        library.remove_if_unused(name, removed.append)
    assert removed == ["hash-other"]


def test_crate_is_not_added_if_its_files_cannot_be_placed(library: LibraryStore):
    def refuse(_held: Holdings) -> None:
        raise QuotaExceeded("full")

    new = Upload("new", "tracks", NOW)
    with pytest.raises(QuotaExceeded):
        library.add_tracks("ann", new, [replace(track("t"), upload_id="new")], refuse, is_new=True)
    assert library.upload("ann", "new") is None
    assert library.tracks("ann", "new") == ()


def test_library_is_locked_while_files_are_placed(library: LibraryStore, sounds: SoundStore):
    """Otherwise two uploads could use the same space."""
    held: list[Holdings] = []

    def add_sound_too(before: Holdings) -> None:
        held.append(before)
        second.start()
        second.join(0.2)  # long enough to read and write, if there were no lock
        assert second.is_alive()

    second = Thread(target=lambda: sounds.add("ann", [sound("s")], held.append, at_most=1))
    library.add_tracks("ann", CRATE, [track("t")], add_sound_too, is_new=False)
    second.join()
    assert [set(one.contents) for one in held] == [set(), {"hash-t"}]


def test_sounds_are_limited_together(sounds: SoundStore):
    placed: list[str] = []
    assert sounds.add("ann", [sound("a")], nothing, at_most=2)
    pair = [sound("b"), sound("c")]
    assert not sounds.add("ann", pair, lambda _: placed.append("too many"), at_most=2)
    assert [one.id for one in sounds.all("ann")] == ["a"]
    assert placed == []
    assert sounds.add("ann", pair, lambda _: placed.append("three"), at_most=3)
    assert placed == ["three"]


def test_sounds_are_listed_newest_first_then_by_name(sounds: SoundStore):
    added = [sound("b"), sound("old", NOW - timedelta(days=1)), sound("a")]
    assert sounds.add("ann", added, nothing, at_most=3)
    assert [one.id for one in sounds.all("ann")] == ["a", "b", "old"]


def test_only_older_uploads_have_expired(library: LibraryStore):
    assert library.uploaded_before(NOW) == []
    assert library.uploaded_before(NOW + timedelta(seconds=1)) == [("ann", "crate")]


def test_new_names_of_a_crate_are_stored(library: LibraryStore):
    library.add_tracks("ann", CRATE, [track("a"), track("b")], nothing, is_new=False)
    other = Upload("other", "tracks", NOW)
    library.add_tracks("ann", other, [replace(track("c"), upload_id="other")], nothing, is_new=True)
    library.rename_tracks(
        "ann", "crate", lambda tracks: [replace(one, title=f"{one.id}!") for one in tracks]
    )
    assert [one.title for one in library.tracks("ann", "crate")] == ["a!", "b!"]
    assert [one.title for one in library.tracks("ann", "other")] == ["c"]
    library.rename_tracks("bob", "crate", lambda tracks: list(tracks))
