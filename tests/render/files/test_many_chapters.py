"""Every chapter is found in mixes with hundreds of tracks, long titles and many hours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mutagen import File
from mutagen.id3 import ID3, CTOCFlags

from backend.app.render.files.encode import Encoding, Output, encode_all
from backend.app.render.files.tags import MixTags, ffmetadata, id3_tag, vorbis_comments
from tests.render.files.test_encode import read_chapters
from tests.render.mixes import FFMPEG, no_progress, play_of
from tests.sounds import SR

HOUR = 3600 * SR
STEP = SR // 10
# Lengths near a byte's limits: 125 to 128 for sizes of seven bits, 255 for an MP4's titles.
LONG = ("Ж" * 62 + "x", "Ж" * 63, "Ж" * 64, "Ж" * 127, "夜" * 400, "s" * 255, "🌅" * 64)


def title(index: int) -> str:
    return f"{index} {LONG[index % len(LONG)]}" if index % 3 == 0 else f"Song {index}"


def mix_of(n_chapters: int) -> MixTags:
    chapters = tuple((STEP * index, title(index)) for index in range(n_chapters))
    return MixTags("Mix", "DJ", chapters=chapters, length=STEP * n_chapters)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[MixTags, Path]:
    """A mix of 500 tracks, the most that a request may have, in every format."""
    folder, tags = tmp_path_factory.mktemp("many"), mix_of(500)
    mix = np.zeros((2, tags.length), np.float32)
    kinds = ("mp3", "flac", "wav", "m4a", "opus")
    outputs = [Output(folder / f"mix.{kind}", kind, play_of(mix)) for kind in kinds]
    encoding = Encoding(tags.length, tags, FFMPEG, folder)
    encode_all(encoding, outputs, workers=2, progress=no_progress)
    return tags, folder


@pytest.mark.parametrize("kind", ["mp3", "flac", "wav", "m4a", "opus"])
def test_all_500_chapters_are_listed_by_ffmpeg(kind: str, written: tuple[MixTags, Path]) -> None:
    tags, folder = written
    starts_s, titles = zip(*read_chapters(folder / f"mix.{kind}"), strict=True)
    # 1 ms: the resolution of ID3, Vorbis comments and MP4 text tracks
    assert starts_s == pytest.approx([start / SR for start, _ in tags.chapters], abs=0.001)
    for found, (_, whole) in zip(titles, tags.chapters, strict=True):
        assert found == (whole if kind != "m4a" else whole.encode()[:255].decode(errors="ignore"))


@pytest.mark.parametrize("kind", ["mp3", "wav"])
def test_mutagen_finds_every_id3_chapter_with_its_whole_title(
    kind: str, written: tuple[MixTags, Path]
) -> None:
    tags, folder = written
    found = File(folder / f"mix.{kind}").tags.getall("CHAP")
    titles = {chapter.element_id: str(chapter.sub_frames["TIT2"]) for chapter in found}
    assert titles == {f"ch{n:03d}": whole for n, (_, whole) in enumerate(tags.chapters)}


def test_mutagen_reads_an_m4a_with_long_titles(written: tuple[MixTags, Path]) -> None:
    chapters = File(written[1] / "mix.m4a").chapters
    assert len(chapters) == 255  # the most that the list for old players can hold
    assert chapters[4].title == "Song 4"


def tables(n_chapters: int, tmp_path: Path) -> dict[str, list[str]]:
    """The entries of each table of contents."""
    path = tmp_path / "tag.mp3"
    path.write_bytes(id3_tag(mix_of(n_chapters)))
    found = ID3(path).getall("CTOC")
    top = [one.element_id for one in found if one.flags & CTOCFlags.TOP_LEVEL]
    assert top == ["toc"]
    assert all(one.flags & CTOCFlags.ORDERED for one in found)
    return {one.element_id: one.child_element_ids for one in found}


@pytest.mark.parametrize("n_chapters", [1, 255])
def test_up_to_255_chapters_have_one_table_of_contents(n_chapters: int, tmp_path: Path) -> None:
    assert tables(n_chapters, tmp_path) == {"toc": [f"ch{n:03d}" for n in range(n_chapters)]}


@pytest.mark.parametrize("n_chapters", [256, 500])
def test_more_chapters_have_a_table_of_tables(n_chapters: int, tmp_path: Path) -> None:
    found = tables(n_chapters, tmp_path)
    parts = found.pop("toc")
    assert parts == list(found)
    assert all(len(found[part]) <= 255 for part in parts)
    listed = [chapter for part in parts for chapter in found[part]]
    assert listed == [f"ch{n:03d}" for n in range(n_chapters)]


def test_chapters_far_into_a_long_mix_keep_their_times(tmp_path: Path) -> None:
    tags = MixTags(chapters=((0, "One"), (13 * HOUR, "Two"), (99 * HOUR, "Three")), length=1 << 35)
    path = tmp_path / "tag.mp3"
    path.write_bytes(id3_tag(tags))
    starts = [chapter.start_time for chapter in ID3(path).getall("CHAP")]
    assert sorted(starts) == [0, 13 * 3_600_000, 99 * 3_600_000]
    assert ("CHAPTER002", "99:00:00.000") in vorbis_comments(tags)
    assert f"START={99 * HOUR}\n" in ffmetadata(tags)


def test_id3_texts_use_what_most_players_read(tmp_path: Path) -> None:
    path = tmp_path / "tag.mp3"
    path.write_bytes(id3_tag(MixTags("Plain", "Björk", chapters=((0, "夜"),), length=SR)))
    tag = ID3(path, translate=False)
    assert tag.version == (2, 3, 0)
    assert [str(tag[name]) for name in ("TIT2", "TPE1")] == ["Plain", "Björk"]
    assert [int(tag[name].encoding) for name in ("TIT2", "TPE1")] == [0, 1]  # Latin-1, UTF-16
