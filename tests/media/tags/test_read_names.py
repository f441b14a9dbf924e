"""Names are read from all common kinds of tags."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import mutagen.flac
import pytest
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3, TALB, TCON, TIT2, TPE1, TPE2
from mutagen.mp4 import MP4

from backend.app.media.gate.sniff import AIFF as AIFF_FORMAT
from backend.app.media.gate.sniff import FLAC, M4A, MP3, WAV, SniffedFormat
from backend.app.media.tags.display_names import TrackTags
from backend.app.media.tags.reader_process import read_tags

from ..containers import wav
from ..media_factory import MediaFactory

SOUND = bytes(4 * 44_100)


def names_in(data: bytes, kind: SniffedFormat, job: Path) -> TrackTags:
    path = job / "sound"
    path.write_bytes(data)
    return read_tags(path, kind, workdir=job).names


def bare_mp3(shop: MediaFactory) -> bytes:
    return shop.encode("x.mp3", "-b:a", "128k", "-id3v2_version", "0", "-write_id3v1", "0")


def id3_bytes(job: Path, *frames: object, version: int = 3) -> bytes:
    path, tag = job / "tag", ID3()
    for frame in frames:
        tag.add(frame)
    tag.save(path, v2_version=version)
    return path.read_bytes()


def ape_bytes(job: Path, **values: str | Sequence[str]) -> bytes:
    path, tag = job / "ape", APEv2()
    for key, value in values.items():
        tag[key.replace("_", " ")] = value
    path.write_bytes(b"")
    tag.save(path)
    return path.read_bytes()


def id3v1(title: str, artist: str, page: str = "latin-1") -> bytes:
    cut = [name.encode(page)[:30].ljust(30, b"\0") for name in (title, artist)]
    return b"TAG" + b"".join(cut) + bytes(65)


def chunk(name: bytes, body: bytes, order: str = "<") -> bytes:
    return name + struct.pack(f"{order}I", len(body)) + body + bytes(len(body) % 2)


def info(*texts: tuple[bytes, bytes]) -> bytes:
    return chunk(b"LIST", b"INFO" + b"".join(chunk(name, text) for name, text in texts))


INFO = info((b"INAM", b"Info Title\0"), (b"IART", b"Info Artist\0"), (b"IPRD", b"Album"))


def with_chunk(sound: bytes, extra: bytes, *, before_data: bool) -> bytes:
    at = sound.index(b"data") if before_data else len(sound)
    whole = sound[:at] + extra + sound[at:]
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def test_ape_tag_of_an_mp3_is_read(shop: MediaFactory, job: Path) -> None:
    tag = ape_bytes(job, Title="Ape Title", Artist=["One", "Two"], Album="L")
    assert names_in(bare_mp3(shop) + tag, MP3, job) == TrackTags("Ape Title", "One, Two", "L")


def test_id3v2_comes_before_ape_and_ape_before_id3v1(shop: MediaFactory, job: Path) -> None:
    ape = ape_bytes(job, Title="A title of more than thirty letters", Artist="Ape", Album="Ape")
    mp3 = bare_mp3(shop) + ape + id3v1("A title of more than thirty letters", "Old")
    assert names_in(mp3, MP3, job).title == "A title of more than thirty letters"
    tagged = id3_bytes(job, TIT2(encoding=3, text="New")) + mp3
    assert names_in(tagged, MP3, job).title == "New"


@pytest.mark.parametrize("before_data", [True, False])
def test_list_info_of_a_wav_is_read(before_data: bool, job: Path) -> None:
    tagged = with_chunk(wav(SOUND), INFO, before_data=before_data)
    assert names_in(tagged, WAV, job) == TrackTags("Info Title", "Info Artist", "Album")


@pytest.mark.parametrize("kind", [b"RF64", b"BW64"])
def test_list_info_behind_the_sound_of_a_64_bit_wav_is_read(kind: bytes, job: Path) -> None:
    plain = wav(SOUND)
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 0, len(SOUND), 0, 0))
    body = plain[12:].replace(b"data" + struct.pack("<I", len(SOUND)), b"data\xff\xff\xff\xff")
    tagged = kind + b"\xff\xff\xff\xffWAVE" + ds64 + body + INFO
    assert names_in(tagged, WAV, job) == TrackTags("Info Title", "Info Artist", "Album")


def test_id3_of_a_wav_comes_before_its_list_info(job: Path) -> None:
    tag = id3_bytes(job, TIT2(encoding=3, text="ID3 Title"))
    both = with_chunk(wav(SOUND), INFO + chunk(b"id3 ", tag), before_data=False)
    assert names_in(both, WAV, job) == TrackTags("ID3 Title", "Info Artist", "Album")


def test_list_info_in_an_old_code_page_is_decoded(job: Path) -> None:
    texts = info((b"INAM", "Этот город".encode("cp1251")), (b"IART", "Браво".encode("cp1251")))
    tagged = with_chunk(wav(SOUND), texts, before_data=True)
    assert names_in(tagged, WAV, job) == TrackTags("Этот город", "Браво")


@pytest.mark.parametrize(
    "broken",
    [
        b"LIST\xff\xff\xff\xffINFO",
        b"LIST\4\0\0\0INF",
        b"LIST\x40\0\0\0INFOINAM\xff\xff\xff\xff" + b"T" * 40,
        info(*[(b"JUNK", b"")] * 3_000),
        info((b"INAM", b"\0"), (b"IART", b"")),
    ],
)
def test_broken_list_info_gives_no_error(broken: bytes, job: Path) -> None:
    assert names_in(with_chunk(wav(SOUND), broken, before_data=False), WAV, job).artist == ""


def test_text_chunks_of_an_aiff_are_read(shop: MediaFactory, job: Path) -> None:
    plain = shop.encode("a.aiff", "-c:a", "pcm_s16be")
    texts = chunk(b"NAME", b"Aiff Title", ">") + chunk(b"AUTH", b"Aiff Artist", ">")
    tagged = plain + texts
    tagged = tagged[:4] + struct.pack(">I", len(tagged) - 8) + tagged[8:]
    assert names_in(tagged, AIFF_FORMAT, job) == TrackTags("Aiff Title", "Aiff Artist")
    file = AIFF(job / "sound")
    file.add_tags()
    file.tags.add(TIT2(encoding=3, text="ID3 Title"))
    file.save()
    tagged = (job / "sound").read_bytes()
    assert names_in(tagged, AIFF_FORMAT, job) == TrackTags("ID3 Title", "Aiff Artist")


def test_id3_before_a_flac_is_read_where_its_own_tag_has_no_names(
    shop: MediaFactory, job: Path
) -> None:
    frames = (
        TIT2(encoding=3, text="Front"),
        TPE1(encoding=3, text="Who"),
        TALB(encoding=3, text="L"),
    )
    front = id3_bytes(job, *frames, version=4)
    assert names_in(front + shop.flac(), FLAC, job) == TrackTags("Front", "Who", "L")
    (job / "own.flac").write_bytes(shop.flac())
    own = mutagen.flac.FLAC(job / "own.flac")
    own["title"] = "Own"
    own.save()
    tagged = front + (job / "own.flac").read_bytes()
    assert names_in(tagged, FLAC, job) == TrackTags("Own", "Who", "L")


def test_names_before_sound_that_mutagen_does_not_find_are_read(
    shop: MediaFactory, job: Path
) -> None:
    tag = id3_bytes(job, TIT2(encoding=3, text="T"), TPE1(encoding=3, text="A"))
    assert names_in(tag + bytes(3_000_000) + bare_mp3(shop), MP3, job) == TrackTags("T", "A")


@pytest.mark.parametrize(
    ("artist", "of_album", "shown"),
    [
        ("", "Band", "Band"),
        ("Singer", "Band", "Singer"),
        ("", "Various Artists", ""),
        ("", "VA", ""),
        ("Unknown Artist", "", ""),
        ("Unknown Artist", "Band", "Band"),
    ],
)
def test_the_albums_artist_stands_in_for_a_missing_one(
    artist: str, of_album: str, shown: str, shop: MediaFactory, job: Path
) -> None:
    frames = [TIT2(encoding=3, text="T"), TPE1(encoding=3, text=artist)]
    tag = id3_bytes(job, *frames, TPE2(encoding=3, text=of_album))
    assert names_in(tag + bare_mp3(shop), MP3, job) == TrackTags("T", shown)


def test_the_albums_artist_is_read_in_other_formats(shop: MediaFactory, job: Path) -> None:
    (job / "f").write_bytes(shop.flac())
    flac = mutagen.flac.FLAC(job / "f")
    flac["title"], flac["albumartist"] = "T", "Band"
    flac.save()
    assert names_in((job / "f").read_bytes(), FLAC, job) == TrackTags("T", "Band")
    (job / "m").write_bytes(shop.m4a())
    m4a = MP4(job / "m")
    m4a["\xa9nam"], m4a["aART"] = "T", "Band"
    m4a.save()
    assert names_in((job / "m").read_bytes(), M4A, job) == TrackTags("T", "Band")
    ape = ape_bytes(job, Title="T", Album_Artist="Band")
    assert names_in(bare_mp3(shop) + ape, MP3, job) == TrackTags("T", "Band")


@pytest.mark.parametrize("page", ["cp1251", "cp866", "koi8-r"])
def test_latin1_frames_in_an_old_code_page_are_decoded(
    page: str, shop: MediaFactory, job: Path
) -> None:
    wrong = ["Этот город".encode(page).decode("latin-1"), "Браво".encode(page).decode("latin-1")]
    frames = TIT2(encoding=0, text=wrong[0]), TPE1(encoding=0, text=wrong[1])
    tagged = id3_bytes(job, *frames) + bare_mp3(shop)
    assert names_in(tagged, MP3, job) == TrackTags("Этот город", "Браво")


def test_id3v1_in_an_old_code_page_is_decoded(shop: MediaFactory, job: Path) -> None:
    tagged = bare_mp3(shop) + id3v1("津軽海峡冬景色", "石川さゆり", "cp932")
    assert names_in(tagged, MP3, job) == TrackTags("津軽海峡冬景色", "石川さゆり")


def test_latin1_frames_with_accents_stay(shop: MediaFactory, job: Path) -> None:
    frames = TIT2(encoding=0, text="Hoppípolla"), TPE1(encoding=0, text="Sigur Rós")
    tagged = id3_bytes(job, *frames) + bare_mp3(shop)
    assert names_in(tagged, MP3, job) == TrackTags("Hoppípolla", "Sigur Rós")


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("Deep House", "Deep House"),
        ("(17)", "Rock"),
        ("(4)Eurodisco", "Disco, Eurodisco"),
        ("Techno (Peak Time / Driving)", "Techno (Peak Time / Driving)"),
    ],
)
def test_genre_is_read_and_numbers_get_their_name(
    text: str, genre: str, shop: MediaFactory, job: Path
) -> None:
    tag = id3_bytes(job, TIT2(encoding=3, text="T"), TCON(encoding=3, text=text))
    assert names_in(tag + bare_mp3(shop), MP3, job).genre == genre


def test_genre_is_read_in_other_formats(shop: MediaFactory, job: Path) -> None:
    (job / "f").write_bytes(shop.flac())
    flac = mutagen.flac.FLAC(job / "f")
    flac["genre"] = ["House", "Techno"]
    flac.save()
    assert names_in((job / "f").read_bytes(), FLAC, job).genre == "House, Techno"
    (job / "m").write_bytes(shop.m4a())
    m4a = MP4(job / "m")
    m4a["\xa9gen"] = "House"
    m4a.save()
    assert names_in((job / "m").read_bytes(), M4A, job).genre == "House"
    assert names_in(bare_mp3(shop) + ape_bytes(job, Genre="17"), MP3, job).genre == "Rock"
    tagged = with_chunk(wav(SOUND), info((b"IGNR", b"Dub")), before_data=False)
    assert names_in(tagged, WAV, job).genre == "Dub"


@pytest.mark.parametrize(("number", "genre"), [(0, ""), (17, "Rock"), (255, "")])
def test_genre_zero_of_an_id3v1_tag_means_unknown(
    number: int, genre: str, shop: MediaFactory, job: Path
) -> None:
    mp3 = bare_mp3(shop) + id3v1("T", "A")[:-1] + bytes([number])
    assert names_in(mp3, MP3, job).genre == genre
