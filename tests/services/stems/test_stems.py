"""Stems jobs: stems add up, songs are separated once, file names are safe."""

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
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.stems.files import folder_names
from backend.app.services.stems.separate import StemCache
from backend.app.stems.draft.separator import Draft
from backend.app.store.files import disk_space
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.patience import PATIENCE_S

from ..stems_harness import Oracle, StemsHarness, difference_db

SONG_S = 4.3  # not a whole number of blocks or bars


@pytest.fixture(scope="module")
def song() -> Song:
    return compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=SONG_S))


@pytest.fixture
def harness(tmp_path: Path, song: Song) -> StemsHarness:
    return StemsHarness(tmp_path, Oracle(song.stems))


def together(run) -> Samples:
    """The sum of the first track's written stems."""
    [track, *_] = run.stems.tracks
    return np.sum([run.sound(stem.file) for stem in track.stems], axis=0)


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_stems_add_up_to_the_song(harness: StemsHarness, song: Song, kind: str) -> None:
    ran = harness.separate(harness.put(song.samples, "Sun"), format=kind)
    assert ran.done, ran.failure
    [track] = ran.stems.tracks
    assert [stem.stem for stem in track.stems] == list(FOUR_STEMS)
    assert {Path(stem.file).suffix for stem in track.stems} == {f".{kind}"}
    # Rounded twice to 24 bits: five times noise at -144 dB full scale; the song is at -15 dB.
    assert difference_db(together(ran), song.samples) < -100
    # At such low levels, the order of float additions matters.
    assert track.residual_db == pytest.approx(difference_db(together(ran), song.samples), abs=1.0)
    assert track.duration_s == song.samples.shape[1] / SAMPLE_RATE


def test_mp3_stems_are_aligned_with_the_song(harness: StemsHarness, song: Song) -> None:
    ran = harness.separate(harness.put(song.samples), format="mp3")
    [track] = ran.stems.tracks
    gain = np.float32(gain_of_db(track.gain_db))
    for stem in track.stems:
        # mpg123 uses the gapless tags; a shift by one sample would leave -13 dB.
        assert difference_db(ran.sound(stem.file), gain * song.stems[stem.stem]) < -30
    left_db = difference_db(together(ran), gain * song.samples)
    assert track.residual_db == pytest.approx(left_db, abs=0.5)


def test_only_requested_stems_are_written(harness: StemsHarness, song: Song) -> None:
    ran = harness.separate(harness.put(song.samples, "Sun"), stems=["vocals", "drums"])
    folder = ran.folder / "stems" / "Ada - Sun"
    assert sorted(path.name for path in folder.iterdir()) == ["drums.flac", "vocals.flac"]
    assert ran.stems.tracks[0].residual_db is None
    for stem in ran.stems.tracks[0].stems:
        assert difference_db(ran.sound(stem.file), song.stems[stem.stem]) < -90


def test_stems_get_a_common_gain_instead_of_clipping(tmp_path: Path, song: Song) -> None:
    loud = {stem: np.zeros_like(song.samples) for stem in FOUR_STEMS}
    t = np.arange(song.samples.shape[1]) / SAMPLE_RATE
    loud["bass"][:] = 1.6 * np.sin(2 * np.pi * 100 * t)
    loud["drums"][:] = -0.9 * np.sin(2 * np.pi * 100 * t)
    whole = np.sum(list(loud.values()), axis=0).astype(np.float32)
    for kind, ceiling_db in (("flac", 0.0), ("wav", 0.0), ("mp3", -1.0)):
        harness = StemsHarness(tmp_path / kind, Oracle(loud))
        ran = harness.separate(harness.put(whole), format=kind)
        [track] = ran.stems.tracks
        # No more than needed, rounded to 0.01 dB.
        assert track.gain_db == pytest.approx(ceiling_db - 20 * np.log10(1.6), abs=0.011)
        bass = ran.sound(next(one.file for one in track.stems if one.stem == "bass"))
        assert difference_db(bass, gain_of_db(track.gain_db) * loud["bass"]) < -40
        assert np.abs(bass).max() <= 1.0
        assert track.residual_db is not None
        assert track.residual_db < (-90 if kind != "mp3" else -30)


def test_stems_are_measured(tmp_path: Path, song: Song) -> None:
    stems = {**song.stems, "vocals": np.zeros_like(song.samples)}
    harness = StemsHarness(tmp_path, Oracle(stems))
    ran = harness.separate(harness.put(np.sum(list(stems.values()), axis=0)))
    [track] = ran.stems.tracks
    for one in track.stems:
        peak = float(np.abs(stems[one.stem]).max())
        # One peak for each 50 ms or part of it.
        assert len(one.peaks) == -(-song.samples.shape[1] // (SAMPLE_RATE // 20))
        assert max(one.peaks) == pytest.approx(peak, abs=0.001)
        assert one.silent == (one.stem == "vocals")
        if not one.silent:
            assert one.peak_dbfs == pytest.approx(20 * np.log10(peak), abs=0.1)
            assert one.loudness_lufs is not None
    silent = track.stems[-1]
    assert (silent.loudness_lufs, silent.peak_dbfs) == (None, -144.0)


@pytest.mark.parametrize(("peak_db", "silent"), [(-61.0, True), (-59.0, False)])
def test_stem_peaking_below_minus_60_dbfs_is_reported_as_silent(
    tmp_path: Path, song: Song, peak_db: float, silent: bool
) -> None:
    vocals = song.stems["vocals"]
    bleed = vocals * np.float32(10 ** (peak_db / 20) / np.abs(vocals).max())
    stems = {**song.stems, "vocals": bleed}
    harness = StemsHarness(tmp_path, Oracle(stems))
    ran = harness.separate(harness.put(np.sum(list(stems.values()), axis=0)))
    [reported] = [one for one in ran.stems.tracks[0].stems if one.stem == "vocals"]
    assert reported.silent is silent


def test_songs_are_separated_once(harness: StemsHarness, song: Song) -> None:
    oracle = harness.separator
    first, again = harness.put(song.samples, "Sun"), harness.put(song.samples[:, ::-1], "Moon")
    assert harness.separate(first, format="mp3").done
    assert harness.separate(first, again, first).done
    assert oracle.asked == 2
    last = harness.separate(again, first, stems=["bass"])
    assert oracle.asked == 2
    assert last.notes == ["Separated by Oracle, on the tripod."]
    assert last.stems.device == "tripod"


def test_concurrent_jobs_separate_a_song_once(harness: StemsHarness, song: Song) -> None:
    track = harness.put(song.samples)
    cache = StemCache(harness.store, harness.separator)
    begun = Event()

    def first() -> dict[StemName, str]:
        return cache.separate(
            track.content_hash, FOUR_STEMS, progress=lambda _: (begun.set(), sleep(0.1))
        )

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert begun.wait(PATIENCE_S)
        other = pool.submit(cache.separate, track.content_hash, FOUR_STEMS)
        assert one.result() == other.result()
    assert harness.separator.asked == 1


def test_separation_needs_disk_space(
    harness: StemsHarness, song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_bytes = 4 * 4.5 * song.samples.shape[1]
    for free, failure in ((disk_space.MIN_FREE_BYTES + n_bytes - 9, "storage_full"), (10**12, "")):
        monkeypatch.setattr(
            disk_space.shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free)
        )
        assert harness.separate(harness.put(song.samples)).failure == failure
    assert harness.separator.asked == 1


def test_deleted_stems_are_separated_again(harness: StemsHarness, song: Song) -> None:
    track = harness.put(song.samples)
    harness.separate(track)
    for stem in harness.store.derived(track.content_hash, "x").parent.glob("stem-*-drums.flac"):
        stem.unlink()
    assert harness.separate(track).done
    assert harness.separator.asked == 2


def test_draft_stems_are_always_labelled(tmp_path: Path, song: Song) -> None:
    harness = StemsHarness(tmp_path, Draft())
    track = harness.put(song.samples)
    for _ in range(2):
        ran = harness.separate(track)
        assert ran.stems.draft
        assert "draft" in ran.notes[0]


def test_same_job_writes_the_same_bytes(harness: StemsHarness, song: Song) -> None:
    track = harness.put(song.samples)
    for kind in ("flac", "mp3"):
        runs = [harness.separate(track, format=kind) for _ in range(2)]
        files = [
            {path.relative_to(ran.folder): path.read_bytes() for path in ran.folder.rglob("*.*")}
            for ran in runs
        ]
        assert files[0] == files[1]
        assert len(files[0]) == 5


@pytest.mark.parametrize("kind", ["flac", "wav", "mp3"])
def test_files_have_tags(harness: StemsHarness, song: Song, kind: str) -> None:
    ran = harness.separate(harness.put(song.samples, "Sun", "Ada"), format=kind, stems=["drums"])
    tags = mutagen.File(ran.folder / ran.stems.tracks[0].stems[0].file).tags
    title, artist = ("title", "artist") if kind == "flac" else ("TIT2", "TPE1")
    assert (str(tags[title][0]), str(tags[artist][0])) == ("Sun (drums)", "Ada")


def test_deleted_track_is_reported(harness: StemsHarness, song: Song) -> None:
    track = harness.put(song.samples)
    harness.store.path(track.content_hash).unlink()
    with pytest.raises(Exception, match="no longer there"):
        track.require_file(harness.store)


def named(title: str, artist: str = "") -> TrackRef:
    return TrackRef(
        track_id="t", content_hash="c", title=title, artist=artist, n_samples=1, has_cover=False
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
def test_folder_names_are_safe(title: str, artist: str, folder: str) -> None:
    assert folder_names([named(title, artist)]) == [folder]


def test_folder_names_are_unique_and_short() -> None:
    names = folder_names([named("Sun"), named("sun"), named("SUN (2)"), named("雪" * 200)])
    assert len({name.casefold() for name in names}) == 4
    # With "1-stems_…_vocals.flac.part" added, a name must stay under 255 bytes.
    assert max(len(name.encode()) for name in names) <= 120
