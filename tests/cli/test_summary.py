"""Summaries of mashups and restyles; folders that commands read and write."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.app.cli.import_tracks import _files_of
from backend.app.cli.output_folder import keep_artifacts, make_folder, remove_empty
from backend.app.cli.summary import summarise_mashup, summarise_restyle
from backend.app.contract.restyles import RestyledStemView
from backend.app.jobs.workspace import Workspace


def report(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    found = SimpleNamespace(**values)
    monkeypatch.setattr(Workspace, "read_shape", lambda *_: found)


@pytest.mark.parametrize(
    ("duration_s", "length"), [(59.4, "0:59"), (59.6, "1:00"), (125.0, "2:05")]
)
def test_length_of_a_mashup_is_rounded_to_seconds(
    monkeypatch: pytest.MonkeyPatch, duration_s: float, length: str
) -> None:
    report(monkeypatch, duration_s=duration_s, key=None, tempo_bpm=120.04, loudness_lufs=-9.96)
    [line] = summarise_mashup(Path())
    assert line == f"{length} min, 120.0 BPM, no key found, -10.0 LUFS"


@pytest.mark.parametrize(
    ("onsets", "pitch", "silent", "said"),
    [
        (0.876, 0.5, False, "88% of the onsets and 50% of the pitch kept"),
        (None, 0.0, False, "0% of the pitch kept"),
        (None, None, False, "nothing to compare"),
        (0.5, 0.5, True, "the stem is silent"),
    ],
)
def test_restyled_stem_tells_what_it_keeps(
    monkeypatch: pytest.MonkeyPatch,
    onsets: float | None,
    pitch: float | None,
    silent: bool,
    said: str,
) -> None:
    stem = RestyledStemView(
        stem="vocals",
        file="vocals.wav",
        sound_id="s",
        sound_name="Flute",
        volume=1.0,
        silent=silent,
        onset_agreement=onsets,
        pitch_agreement=pitch,
    )
    own = stem.model_copy(update={"sound_id": None})
    report(monkeypatch, stems=[own, stem])
    assert list(summarise_restyle(Path())) == [f"vocals by Flute: {said}"]


def test_sound_files_of_a_folder_are_sorted_whatever_their_case(tmp_path: Path) -> None:
    for name in ("c.mp3", "a.FLAC", "b.Wav", "cover.jpg", "d.opus"):
        (tmp_path / name).touch()
    single = tmp_path / "c.mp3"
    names = [path.name for path in _files_of([single, tmp_path])]
    assert names == ["c.mp3", "a.FLAC", "b.Wav", "c.mp3", "d.opus"]


def test_only_new_and_empty_folders_are_removed(tmp_path: Path) -> None:
    new = make_folder(tmp_path / "a" / "b", "--out")
    assert new == [tmp_path / "a" / "b", tmp_path / "a"]
    assert make_folder(tmp_path / "a" / "b", "--out") == []
    (tmp_path / "a" / "kept.txt").touch()
    remove_empty(new)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kept.txt"]


def test_files_between_steps_are_removed_with_their_folders(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for name, media_type in (("a/b/x.bin", None), ("a/mix.mp3", "audio/mpeg"), ("c/y.bin", None)):
        with workspace.write(name, media_type) as path:
            path.write_bytes(b"x")
    keep_artifacts(tmp_path, workspace.written)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert left == ["a", "a/mix.mp3"]
