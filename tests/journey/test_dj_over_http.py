"""A DJ set over HTTP: analysis, order, joins, preview, re-render, DJ rules."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.dj import DjRulesView
from backend.app.contract.mixes import ClipView, ReportView, TimelineView
from backend.app.dsp.samples import SAMPLE_RATE, gain_of_db
from composer.compose import compose_song
from composer.files import write_song
from composer.song import SongSpec

from .checks import decoded, expect_sound, track_reader
from .server import serving, visiting

TEMPI = (121.0, 124.0, 122.5)
KEYS = ("A minor", "E minor", "C major")
ONE_STEP_OF_24_BITS = 2.0**-23


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("crate")
    files = []
    for seed, (tempo_bpm, key) in enumerate(zip(TEMPI, KEYS, strict=True)):
        spec = SongSpec(
            tempo_bpm=tempo_bpm, key=key, seed=seed, bars=32, title=f"T{seed}", artist=f"A{seed}"
        )
        files.append(folder / f"{seed}.flac")
        write_song(compose_song(spec), files[-1])
    return files


def test_dj_set_over_http(crate: list[Path], tmp_path: Path) -> None:
    with serving(tmp_path / "storage") as server, visiting(server) as visitor:
        uploaded = visitor.upload_tracks(crate)
        first_track = uploaded.tracks[0].id
        assert visitor.ask("GET", f"/tracks/{first_track}/analysis").status_code == 409
        analysed = visitor.wait_for(visitor.start(kind="analysis", tracks_upload_id=uploaded.id).id)
        assert analysed.status == "succeeded", analysed.error
        for track, tempo_bpm, key in zip(uploaded.tracks, TEMPI, KEYS, strict=True):
            answer = visitor.ask("GET", f"/tracks/{track.id}/analysis")
            analysis = TrackAnalysis.model_validate_json(answer.content)
            assert analysis.rhythm.tempo_bpm == pytest.approx(tempo_bpm, abs=0.02)
            assert analysis.harmony.key == key

        request = {
            "tracks_upload_id": uploaded.id,
            "order": "auto",
            "energy_arc": "build",
            "transitions": "dj",
            "locks": [{"track_id": uploaded.tracks[2].id, "place": 1}],
            "formats": ["flac", "mp3"],
        }
        job = visitor.wait_for(visitor.start(**request).id)
        assert job.status == "succeeded", job.error
        assert "ordering" in [step.name for step in job.steps]
        folder = tmp_path / "first"
        folder.mkdir()
        files = {a.name: visitor.download(job, a.name, folder) for a in job.artifacts}
        timeline = TimelineView.model_validate_json(files["timeline.json"].read_bytes())
        report = ReportView.model_validate_json(files["report.json"].read_bytes())

        preview = visitor.start(kind="preview", job_id=job.id, transition=1)
        assert visitor.wait_for(preview.id).status == "succeeded"
        join = timeline.transitions[1]
        ids = {
            "outgoing": timeline.clips[join.outgoing].track_id,
            "incoming": timeline.clips[join.incoming].track_id,
        }
        change = {**ids, "kind": "cut"}
        other = visitor.start(kind="preview", job_id=job.id, transition=1, override=change)
        changed = visitor.wait_for(other.id)
        assert changed.status == "succeeded", changed.error
        planned = TimelineView.model_validate_json(
            visitor.download(changed, "timeline.json", tmp_path).read_bytes()
        )
        assert planned.transitions[1].kind == "cut"

        again = {
            **request,
            "order": "given",
            "energy_arc": None,
            "locks": [],
            "tracks": [{"track_id": c.track_id} for c in timeline.clips if c.role == "track"],
            "formats": ["mp3"],
            "based_on": job.id,
            "overrides": [change],
        }
        second = visitor.wait_for(visitor.start(**again).id)
        assert second.status == "succeeded", second.error
        after = TimelineView.model_validate_json(
            visitor.download(second, "timeline.json", tmp_path).read_bytes()
        )

        view = DjRulesView.model_validate_json(visitor.ask("GET", "/admin/dj-rules").content)
        stricter = view.rules.model_copy(update={"allowed_kinds": ["fade", "gap"]})
        put = visitor.ask(
            "PUT", f"/admin/dj-rules?version={view.version}", json=stricter.model_dump()
        )
        assert put.status_code == 200, put.text
        two = [{"track_id": track.id} for track in uploaded.tracks[:2]]
        pair = {
            "tracks": two,
            "order": "given",
            "energy_arc": None,
            "locks": [],
            "formats": ["wav"],
        }
        faded = visitor.wait_for(visitor.start(**{**request, **pair}).id)
        joins = TimelineView.model_validate_json(
            visitor.download(faded, "timeline.json", tmp_path).read_bytes()
        )

    assert timeline.clips[0].track_id == uploaded.tracks[2].id
    expect_blends(report)
    expect_sound(files["mix.flac"], timeline, slack=0)
    expect_bodies(files["mix.flac"], timeline, report, track_reader(tmp_path / "storage"))
    assert [join.kind for join in after.transitions[:1]] == [timeline.transitions[0].kind]
    assert after.transitions[1].kind == "cut"
    assert [c.gain_db for c in after.clips] == [c.gain_db for c in timeline.clips]
    assert {join.kind for join in joins.transitions} <= {"fade", "gap"}


def expect_blends(report: ReportView) -> None:
    """Assert that every join is a level blend on beat and phrase, as these songs allow."""
    assert len(report.transitions) == len(TEMPI) - 1
    for join in report.transitions:
        assert (join.kind, join.step, join.on_phrase, join.downbeats_aligned) == (
            "blend",
            1,
            True,
            True,
        )
        assert join.beat_error_ms is not None
        assert join.beat_error_p95_ms is not None
        assert join.beat_error_ms <= 5.0
        assert join.beat_error_p95_ms <= 15.0
        assert abs(join.tempo_change_percent or 0.0) <= 6.0
        assert abs(join.loudness_step_lu or 9.9) <= 1.0
        assert (join.vocal_overlap_s or 0.0) <= 0.5
        assert join.reason
        assert [rung.taken for rung in join.ladder].count(True) == 1


def expect_bodies(path: Path, timeline: TimelineView, report: ReportView, read_track) -> None:
    """Assert that tracks outside joins equal their normal form times gain, without limiting."""
    mix = decoded(path)
    (flac,) = [file for file in report.files if file.name == "mix.flac"]
    alone = [
        (clip, round(start_s * SAMPLE_RATE), round(end_s * SAMPLE_RATE))
        for clip, (start_s, end_s) in zip(timeline.clips, bodies(timeline), strict=True)
        if end_s - start_s > 1.0
    ]
    assert len(alone) >= 2  # short tracks rarely play alone; the first and the last do
    for clip, start, end in alone:
        source_s, mix_s = clip.warp[-1]
        offset = round(source_s * SAMPLE_RATE) - round(mix_s * SAMPLE_RATE)
        gain = gain_of_db(clip.gain_db + flac.gain_shift_db)
        body = read_track(clip.content)[:, start + offset : end + offset] * np.float32(gain)
        off = np.abs(mix[:, start:end] - body).max(axis=0)
        # The limiter releases within a second of a peak and leaves most samples unchanged.
        assert (off <= ONE_STEP_OF_24_BITS).mean() > 0.3


def bodies(timeline: TimelineView) -> list[tuple[float, float]]:
    """The part of each clip that plays alone and unstretched, in seconds of the mix."""
    tracks = timeline.clips
    edges = []
    for before, clip, after in zip([None, *tracks[:-1]], tracks, [*tracks[1:], None], strict=True):
        begin = max(stretched_to(clip), before.end_s if before else 0.0)
        edges.append((begin + 0.1, (after.start_s if after else clip.end_s) - 0.1))
    return edges


def stretched_to(clip: ClipView) -> float:
    """Where the clip's stretched part ends."""
    stretched = [
        mix_b
        for (source_a, mix_a), (source_b, mix_b) in pairwise(clip.warp)
        if abs((source_b - source_a) - (mix_b - mix_a)) > 1e-6
    ]
    return max(stretched, default=clip.start_s)
