"""Artists and titles come from file names; names that begin with a number stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.media.tags.display_names import TrackTags
from backend.app.media.tags.file_names import (
    named_after_files,
    tags_from_filename,
    tags_from_filenames,
)


@pytest.mark.parametrize(
    ("name", "artist", "title"),
    [
        # Names that begin with a number.
        ("50 Cent - In da Club.flac", "50 Cent", "In da Club"),
        ("2 Unlimited - No Limit.mp3", "2 Unlimited", "No Limit"),
        ("2_Unlimited_-_No_Limit.mp3", "2 Unlimited", "No Limit"),
        ("2.Unlimited.No.Limit.mp3", "", "2.Unlimited.No.Limit"),
        ("311 - Down.mp3", "311", "Down"),
        ("112 - Peaches & Cream.mp3", "112", "Peaches & Cream"),
        ("702 - Where My Girls At.mp3", "702", "Where My Girls At"),
        ("D12 - My Band.mp3", "D12", "My Band"),
        ("B12 - Telefone 529.flac", "B12", "Telefone 529"),
        ("A1 - Take On Me.mp3", "A1", "Take On Me"),
        ("U2 - One.mp3", "U2", "One"),
        ("99 Luftballons.mp3", "", "99 Luftballons"),
        ("7 Seconds.mp3", "", "7 Seconds"),
        ("3 Doors Down - Kryptonite.mp3", "3 Doors Down", "Kryptonite"),
        ("4 Non Blondes - What's Up.mp3", "4 Non Blondes", "What's Up"),
        ("10cc - I'm Not in Love.mp3", "10cc", "I'm Not in Love"),
        ("21 Savage - a lot.mp3", "21 Savage", "a lot"),
        ("30 Seconds to Mars - The Kill.mp3", "30 Seconds to Mars", "The Kill"),
        ("5 Seconds of Summer - Youngblood.m4a", "5 Seconds of Summer", "Youngblood"),
        ("65daysofstatic - Radio Protector.mp3", "65daysofstatic", "Radio Protector"),
        ("808 State - Pacific State.wav", "808 State", "Pacific State"),
        ("2-4 Family - Lean on Me.mp3", "2-4 Family", "Lean on Me"),
        ("10,000 Maniacs - Trouble Me.mp3", "10,000 Maniacs", "Trouble Me"),
        ("100 gecs - money machine.mp3", "100 gecs", "money machine"),
        ("B-52's - Rock Lobster.mp3", "B-52's", "Rock Lobster"),
        ("9 to 5.mp3", "", "9 to 5"),
        ("22-20s - Devil in Me.mp3", "22-20s", "Devil in Me"),
        ("1975.mp3", "", "1975"),
        ("1979.mp3", "", "1979"),
        ("1999 - Prince.mp3", "1999", "Prince"),
        ("19-2000.mp3", "", "19-2000"),
        ("4:20 Crew - Smoke.mp3", "4:20 Crew", "Smoke"),
        ("4.44.mp3", "", "4.44"),
        ("24K Magic.mp3", "", "24K Magic"),
        ("2Pac - Changes.mp3", "2Pac", "Changes"),
        ("6 Underground.mp3", "", "6 Underground"),
        ("(500) Days of Summer.mp3", "", "(500) Days of Summer"),
        ("1-800-273-8255.mp3", "", "1-800-273-8255"),
        ("9-5.mp3", "", "9-5"),
        ("01.02.2020 Live at Home.mp3", "", "01.02.2020 Live at Home"),
        ("2020-03-14 Club Night.mp3", "", "2020-03-14 Club Night"),
        ("Jay-Z - 99 Problems (Remix).mp3", "Jay-Z", "99 Problems (Remix)"),
        ("Haftbefehl - 069.mp3", "Haftbefehl", "069"),
        ("Blink-182 - 03 - Dammit.mp3", "Blink-182", "Dammit"),
        ("03.mp3", "", "03"),
        ("007.mp3", "", "007"),
        # Track numbers.
        ("03 - Title.mp3", "", "Title"),
        ("03 Title.mp3", "", "Title"),
        ("03. Title.m4a", "", "Title"),
        ("03.Title.m4a", "", "Title"),
        ("03_some_song.ogg", "", "some song"),
        ("03-title.mp3", "", "title"),
        ("003 Title.mp3", "", "Title"),
        ("3. Title.mp3", "", "Title"),
        ("3.Title.mp3", "", "Title"),
        ("3) Title.mp3", "", "Title"),
        ("3 - Title.mp3", "", "Title"),
        ("12 - Title.mp3", "", "Title"),
        ("03 \u2014 Title.mp3", "", "Title"),
        ("3 \u2014 Artist \u2014 Title.mp3", "Artist", "Title"),
        ("Artist -- Title.mp3", "Artist", "Title"),
        ("12 - Artist - Title.mp3", "Artist", "Title"),
        ("(3) Title.mp3", "", "Title"),
        ("[03] Artist - Title.mp3", "Artist", "Title"),
        ("1-03 Title.m4a", "", "Title"),
        ("01 - 50 Cent - In da Club.mp3", "50 Cent", "In da Club"),
        ("01 99 Luftballons.mp3", "", "99 Luftballons"),
        ("01 - Artist - Title.flac", "Artist", "Title"),
        ("01_house.ogg", "", "house"),
        ("A2. Side One.wav", "", "Side One"),
        ("A2 Side One.wav", "", "A2 Side One"),
        # Artist, album, number, title.
        ("Artist - Title.mp3", "Artist", "Title"),
        ("Artist - Album - 03 - Title.mp3", "Artist", "Title"),
        ("Artist - Album - 03 Title.mp3", "Artist", "Title"),
        ("Artist - 03 - Title.mp3", "Artist", "Title"),
        ("Artist - 03. Title.mp3", "Artist", "Title"),
        ("Artist - 2003 - Album - 12 - Title - Live.mp3", "Artist", "Title - Live"),
        ("Adele - 21 - 03 - Turning Tables.mp3", "Adele", "Turning Tables"),
        ("Prince - 1999 - Delirious.mp3", "Prince", "1999 - Delirious"),
        ("Daft Punk - One More Time - Radio Edit.mp3", "Daft Punk", "One More Time - Radio Edit"),
        ("311 - Grassroots - 03 - Lucky.mp3", "311", "Lucky"),
        ("Björk \u2013 Jóga.opus", "Björk", "Jóga"),
        ("Кино - Группа крови.mp3", "Кино", "Группа крови"),
        # Unusual names.
        ("../../etc/passwd", "", "passwd"),
        ("C:\\music\\Song.mp3", "", "Song"),
        ("my %22best%22 song.mp3", "", 'my "best" song'),
        (".mp3", "", "Untitled"),
        ("", "", "Untitled"),
        ("Mr. Blue Sky", "", "Mr. Blue Sky"),
        (" - .mp3", "", "-"),
        ("01 - .mp3", "", "01 -"),
    ],
)
def test_a_file_name_gives_artist_and_title(name: str, artist: str, title: str) -> None:
    found = tags_from_filename(name)
    assert (found.artist, found.title) == (artist, title)


def test_album_comes_from_between_artist_and_number() -> None:
    assert tags_from_filename("Adele - 21 - 03 - Turning Tables.mp3").album == "21"
    assert tags_from_filename("Artist - 03 - Title.mp3").album == ""


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["1 One.mp3", "2 Two.mp3", "3 Three.mp3"], ["One", "Two", "Three"]),
        (["3 Three.mp3", "1 One.mp3", "2 Two.mp3"], ["Three", "One", "Two"]),
        # A track of the album is missing.
        (["1 One.mp3", "2 Two.mp3", "4 Four.mp3"], ["One", "Two", "Four"]),
        (["09 Nine.mp3", *(f"{n:02} N.mp3" for n in range(1, 9)), "10 Ten.mp3"], None),
        (["1-title.mp3", "2-other.mp3", "3-third.mp3"], ["title", "other", "third"]),
        (["101 - A.mp3", "102 - B.mp3", "103 - C.mp3"], ["A", "B", "C"]),
        (["1-09 A.mp3", "1-10 B.mp3", "1-11 C.mp3"], ["A", "1-10 B", "1-11 C"]),
        (["A1 Up.wav", "A2 Down.wav", "B1 Left.wav"], ["Up", "Down", "Left"]),
        # Too few to count as a row.
        (["1 One.mp3", "2 Two.mp3"], ["1 One", "2 Two"]),
        (["50 Cents.mp3", "2 Steps.mp3", "311 Ways.mp3"], ["50 Cents", "2 Steps", "311 Ways"]),
        (["2 Steps.mp3", "3 Doors.mp3", "4 Walls.mp3"], ["2 Steps", "3 Doors", "4 Walls"]),
        (["1 A.mp3", "1 B.mp3", "1 C.mp3"], ["1 A", "1 B", "1 C"]),
        (["D12 Band.mp3", "B12 House.mp3", "A2 X.mp3"], ["D12 Band", "B12 House", "A2 X"]),
    ],
)
def test_numbers_that_run_through_a_crate_are_stripped(
    names: list[str], shown: list[str] | None
) -> None:
    found = [one.title for one in tags_from_filenames(names)]
    assert found == (shown or ["Nine", *["N"] * 8, "Ten"])


def test_bands_with_a_number_keep_it_in_a_numbered_crate() -> None:
    padded = [f"{n:02} Song.mp3" for n in range(1, 13)]
    found = tags_from_filenames([*padded, "2 Unlimited - No Limit.mp3", "50 Cent - P.I.M.P..mp3"])
    assert {one.title for one in found[:12]} == {"Song"}
    assert [one.artist for one in found[12:]] == ["2 Unlimited", "50 Cent"]
    plain = [f"{n} Song.mp3" for n in range(3, 13)]
    found = tags_from_filenames(["1 Song.mp3", *plain, "50 Cent - In da Club.mp3"])
    assert {one.title for one in found[:11]} == {"Song"}
    assert found[11].artist == "50 Cent"


def test_few_numbered_files_among_many_others_keep_their_numbers() -> None:
    names = ["1 One.mp3", "2 Two.mp3", "3 Three.mp3", *(f"Song {n}.mp3" for n in "abcd")]
    assert tags_from_filenames(names)[0].title == "1 One"


def test_tags_override_the_file_name() -> None:
    tags = TrackTags(title="T", artist="")
    assert named_after_files([tags], ["A - B.mp3"]) == [tags]


def test_file_name_fills_a_missing_title() -> None:
    untitled = [TrackTags(album="L"), TrackTags(artist="Known"), TrackTags("Tagged")]
    names = ["A - B.mp3", "A - X - 03 - C.mp3", "A - D.mp3"]
    assert named_after_files(untitled, names) == [
        TrackTags("B", "A", "L"),
        TrackTags("C", "Known", "X"),
        TrackTags("Tagged"),
    ]


@pytest.mark.parametrize(
    ("tags", "name", "artist"),
    [
        (TrackTags("Down"), "311 - Down.mp3", "311"),
        (TrackTags("in da club"), "03 - 50 Cent - In da Club.mp3", "50 Cent"),
        (TrackTags("Other"), "311 - Down.mp3", ""),
        (TrackTags("Down"), "03 - Down.mp3", ""),
        (TrackTags("Down", "Tagged"), "311 - Down.mp3", "Tagged"),
    ],
)
def test_file_name_gives_the_artist_of_the_tagged_title(
    tags: TrackTags, name: str, artist: str
) -> None:
    [named] = named_after_files([tags], [name])
    assert (named.title, named.artist) == (tags.title, artist)


@given(st.lists(st.text("019A-. _)x", max_size=12), max_size=6))
def test_any_names_give_a_title_each(names: list[str]) -> None:
    found = tags_from_filenames(names)
    assert len(found) == len(names)
    assert all(one.title for one in found)
