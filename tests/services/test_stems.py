"""Songs taken apart: files that add up to the song, each song once, under names that are safe."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep
from types import SimpleNamespace

import mutagen
import numpy as np
import pytest

from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dsp.samples import SAMPLE_RATE, Samples, gain_of_db
from backend.app.services.separating import separate
from backend.app.services.stems_files import folder_names
from backend.app.services.stems_inputs import StemTrack
from backend.app.stems.draft import Draft
from backend.app.store import room
from composer.compose import compose_song
from composer.song import Song, SongSpec

from .stem_house import Oracle, StemHouse, difference_db

SONG_S = 9.3  # no whole number of anything


@pytest.fixture(scope="module")
def song() -> Song:
    return compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=SONG_S))


@pytest.fixture
def house(tmp_path: Path, song: Song) -> StemHouse:
    return StemHouse(tmp_path, Oracle(song.stems))


def together(house_run) -> Samples:
    """The stems of the first track as they were written, added up."""
    [track, *_] = house_run.stems.tracks
    return np.sum([house_run.sound(stem.file) for stem in track.stems], axis=0)


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_stems_are_the_song_again(house: StemHouse, song: Song, kind: str) -> None:
    ran = house.take_apart(house.put(song.samples, "Sun"), format=kind)
    assert ran.done, ran.failure
    [track] = ran.stems.tracks
    assert [stem.stem for stem in track.stems] == list(FOUR_STEMS)
    assert {Path(stem.file).suffix for stem in track.stems} == {f".{kind}"}
    # 24 bits, twice rounded: five voices of noise at -144 dB full scale; the song is at -15
    assert difference_db(together(ran), song.samples) < -100
    # Down there the order in which floats are added up counts
    assert track.residual_db == pytest.approx(difference_db(together(ran), song.samples), abs=1.0)
    assert track.duration_s == song.samples.shape[1] / SAMPLE_RATE


def test_stems_as_mp3_start_and_end_with_the_song(house: StemHouse, song: Song) -> None:
    ran = house.take_apart(house.put(song.samples), format="mp3")
    [track] = ran.stems.tracks
    gain = np.float32(gain_of_db(track.gain_db))
    for stem in track.stems:
        # Read by mpg123, which goes by the gapless figures; a slip of a sample leaves -13 dB
        assert difference_db(ran.sound(stem.file), gain * song.stems[stem.stem]) < -30
    left_db = difference_db(together(ran), gain * song.samples)
    assert track.residual_db == pytest.approx(left_db, abs=0.5)


def test_only_the_stems_asked_for_are_written(house: StemHouse, song: Song) -> None:
    ran = house.take_apart(house.put(song.samples, "Sun"), stems=["vocals", "drums"])
    folder = ran.folder / "stems" / "Ada - Sun"
    assert sorted(path.name for path in folder.iterdir()) == ["drums.flac", "vocals.flac"]
    assert ran.stems.tracks[0].residual_db is None
    for stem in ran.stems.tracks[0].stems:
        assert difference_db(ran.sound(stem.file), song.stems[stem.stem]) < -90


def test_stems_that_would_clip_are_turned_down_together(tmp_path: Path, song: Song) -> None:
    loud = {stem: np.zeros_like(song.samples) for stem in FOUR_STEMS}
    t = np.arange(song.samples.shape[1]) / SAMPLE_RATE
    loud["bass"][:] = 1.6 * np.sin(2 * np.pi * 100 * t)
    loud["drums"][:] = -0.9 * np.sin(2 * np.pi * 100 * t)
    whole = np.sum(list(loud.values()), axis=0).astype(np.float32)
    for kind, ceiling_db in (("flac", 0.0), ("wav", 0.0), ("mp3", -1.0)):
        house = StemHouse(tmp_path / kind, Oracle(loud))
        ran = house.take_apart(house.put(whole), format=kind)
        [track] = ran.stems.tracks
        # no more than is needed: to the next hundredth of a dB
        assert track.gain_db == pytest.approx(ceiling_db - 20 * np.log10(1.6), abs=0.011)
        bass = ran.sound(next(one.file for one in track.stems if one.stem == "bass"))
        assert difference_db(bass, gain_of_db(track.gain_db) * loud["bass"]) < -40
        assert np.abs(bass).max() <= 1.0
        assert track.residual_db is not None
        assert track.residual_db < (-90 if kind != "mp3" else -30)


def test_each_stem_is_measured(tmp_path: Path, song: Song) -> None:
    stems = {**song.stems, "vocals": np.zeros_like(song.samples)}
    house = StemHouse(tmp_path, Oracle(stems))
    ran = house.take_apart(house.put(np.sum(list(stems.values()), axis=0)))
    [track] = ran.stems.tracks
    for one in track.stems:
        peak = float(np.abs(stems[one.stem]).max())
        # every 50 ms, the last one begun
        assert len(one.peaks) == -(-song.samples.shape[1] // (SAMPLE_RATE // 20))
        assert max(one.peaks) == pytest.approx(peak, abs=0.001)
        assert one.silent == (one.stem == "vocals")
        if not one.silent:
            assert one.peak_dbfs == pytest.approx(20 * np.log10(peak), abs=0.1)
            assert one.loudness_lufs is not None
    silent = track.stems[-1]
    assert (silent.loudness_lufs, silent.peak_dbfs) == (None, -144.0)


def test_no_song_is_taken_apart_twice(house: StemHouse, song: Song) -> None:
    oracle = house.separator
    first, again = house.put(song.samples, "Sun"), house.put(song.samples[:, ::-1], "Moon")
    assert house.take_apart(first, format="mp3").done
    assert house.take_apart(first, again, first).done
    assert oracle.asked == 2
    last = house.take_apart(again, first, stems=["bass"])
    assert oracle.asked == 2
    assert last.notes == ["Taken apart by Oracle, on the tripod."]
    assert last.stems.device == "tripod"


def test_two_jobs_at_once_take_a_song_apart_once(house: StemHouse, song: Song) -> None:
    track = house.put(song.samples)
    work = (house.content, house.separator, track.content, FOUR_STEMS)
    begun = Event()

    def first() -> dict[StemName, str]:
        return separate(*work, progress=lambda _: (begun.set(), sleep(0.1)))

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert begun.wait(10)
        other = pool.submit(separate, *work)
        assert one.result() == other.result()
    assert house.separator.asked == 1


def test_a_song_is_not_taken_apart_where_its_stems_have_no_room(
    house: StemHouse, song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_bytes = 4 * 4.5 * song.samples.shape[1]
    for free, failure in ((room.MIN_FREE_BYTES + n_bytes - 9, "storage_full"), (10**12, "")):
        monkeypatch.setattr(
            room.shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free)
        )
        assert house.take_apart(house.put(song.samples)).failure == failure
    assert house.separator.asked == 1


def test_stems_that_went_since_are_made_again(house: StemHouse, song: Song) -> None:
    track = house.put(song.samples)
    house.take_apart(track)
    for stem in house.content.derived(track.content, "x").parent.glob("stem-*-drums.flac"):
        stem.unlink()
    assert house.take_apart(track).done
    assert house.separator.asked == 2


def test_a_draft_always_says_so(tmp_path: Path, song: Song) -> None:
    house = StemHouse(tmp_path, Draft())
    track = house.put(song.samples)
    for _ in range(2):
        ran = house.take_apart(track)
        assert ran.stems.draft
        assert "draft" in ran.notes[0]


def test_the_same_job_writes_the_same_bytes(house: StemHouse, song: Song) -> None:
    track = house.put(song.samples)
    for kind in ("flac", "mp3"):
        runs = [house.take_apart(track, format=kind) for _ in range(2)]
        files = [
            {path.relative_to(ran.folder): path.read_bytes() for path in ran.folder.rglob("*.*")}
            for ran in runs
        ]
        assert files[0] == files[1]
        assert len(files[0]) == 5


@pytest.mark.parametrize("kind", ["flac", "wav", "mp3"])
def test_files_say_what_they_are(house: StemHouse, song: Song, kind: str) -> None:
    ran = house.take_apart(house.put(song.samples, "Sun", "Ada"), format=kind, stems=["drums"])
    tags = mutagen.File(ran.folder / ran.stems.tracks[0].stems[0].file).tags
    title, artist = ("title", "artist") if kind == "flac" else ("TIT2", "TPE1")
    assert (str(tags[title][0]), str(tags[artist][0])) == ("Sun (drums)", "Ada")


def test_a_track_that_is_gone_is_told(house: StemHouse, song: Song) -> None:
    track = house.put(song.samples)
    house.content.path(track.content).unlink()
    with pytest.raises(Exception, match="no longer there"):
        track.expect_sound(house.content)


def named(title: str, artist: str = "") -> StemTrack:
    return StemTrack(
        track_id="t", content="c", title=title, artist=artist, n_samples=1, has_cover=False
    )


@pytest.mark.parametrize(
    ("title", "artist", "folder"),
    [
        ("Sun", "Ada", "Ada - Sun"),
        ("Sun", "", "Sun"),
        ("../../etc/passwd", "", "_.._etc_passwd"),
        ("C:\\x", "A/B", "A_B - C_x"),
        ("What? #1 100%", "", "What_ _1 100_"),
        ("...", "", "Track"),
        ("Śnieg 雪", "Żaneta", "Żaneta - Śnieg 雪"),
        ("end. ", "", "end"),
    ],
)
def test_a_folder_is_named_after_its_song_and_harms_nobody(
    title: str, artist: str, folder: str
) -> None:
    assert folder_names([named(title, artist)]) == [folder]


def test_no_two_songs_share_a_folder_and_no_name_is_too_long() -> None:
    names = folder_names([named("Sun"), named("sun"), named("SUN (2)"), named("雪" * 200)])
    assert len({name.casefold() for name in names}) == 4
    # with "1-stems_…_vocals.flac.part" round it a name must stay under 255 bytes
    assert max(len(name.encode()) for name in names) <= 120
