"""The contour of each vibe in the rendered mashup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from audio_checks.levels import true_peak_db
from backend.app.analysis.levels.brightness import Brightness
from backend.app.contract.mashups import MashupReport, Vibe
from backend.app.dj.mashup.vibes import VIBES as TREATMENTS
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import Samples
from backend.app.jobs.pipeline import StepContext
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mashup.plan import mix_stems, read_decisions
from backend.app.services.mashup.render import write_files
from backend.app.services.mashup.report import check_files
from backend.app.services.mashup.songs import analyse_songs
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec
from tests.render.mixes import decoded

from ..mashup_jobs import mashup_job, put_song
from ..stored_tracks import context


@dataclass(frozen=True)
class Heard:
    """A finished mashup: parts with the loudness of their ends in LU, and the whole."""

    ctx: StepContext[MashupJob]
    brightness: Brightness | None
    parts: list[tuple[str, float, float]]
    lufs: float
    true_peak_dbtp: float

    def drops_lu(self) -> list[float]:
        return [b[1] - a[2] for a, b in pairwise(self.parts) if b[0] == "drop"]

    def steps_lu(self) -> list[float]:
        return [b[1] - a[2] for a, b in pairwise(self.parts)]


Play = Callable[[Vibe], Heard]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Mix and limit a mashup of one short song in a vibe."""
    folder = tmp_path_factory.mktemp("crate")
    store = ContentStore(folder / "storage")
    song = compose_song(SongSpec(style="pop", tempo_bpm=150, key="A minor", seed=2, bars=8))
    track = put_song(store, folder, "a", song)

    def make(vibe: Vibe) -> Heard:
        job = mashup_job(store, folder, [track], vibe, formats=["flac"])
        ctx = context(job, folder / vibe)
        analyse_songs(ctx)
        mix_stems(ctx)
        brightness = write_files(ctx)
        return heard(ctx, brightness, decoded(ctx.workspace.path("mashup.flac")))

    return make


def heard(ctx: StepContext[MashupJob], brightness: Brightness | None, sound: Samples) -> Heard:
    meter = LoudnessMeter()
    meter.push(sound)

    def level_db(from_s: float, to_s: float) -> float:
        part = meter.energies[round(10 * from_s) : round(10 * to_s)]
        return 10.0 * float(np.log10(part.mean()))

    parts = []
    for one in read_decisions(ctx.workspace).sections:
        edge_s = (one.end_s - one.start_s) / one.bars * min(4, one.bars // 2)
        ends = level_db(one.start_s, one.start_s + edge_s), level_db(one.end_s - edge_s, one.end_s)
        parts.append((one.label, *ends))
    return Heard(ctx, brightness, parts, integrated_lufs(meter.energies), true_peak_db(sound))


@pytest.fixture(scope="module")
def energetic(play: Play) -> Heard:
    return play("energetic")


def test_energetic_drop_is_3_lu_over_the_bars_before(energetic: Heard) -> None:
    assert len(energetic.drops_lu()) == 2
    assert min(energetic.drops_lu()) >= 3.0


def test_upbeat_lifts_twice_the_second_time_higher(play: Play) -> None:
    upbeat = play("upbeat")
    assert min(upbeat.drops_lu()) >= 1.5
    first, second = (part[1] for part in upbeat.parts if part[0] == "drop")
    assert second > first


def test_dark_descends(play: Play) -> None:
    dark = play("dark")
    # a part may vary within by as much as is barely noticed
    assert all(step <= 0.7 for step in dark.steps_lu())
    assert dark.parts[0][1] - dark.parts[-1][1] >= 5.0


def test_chill_has_no_step_over_1_5_lu(play: Play) -> None:
    chill = play("chill")
    assert max(abs(step) for step in chill.steps_lu()) <= 1.5
    starts = [part[1] for part in chill.parts]
    assert max(starts) - starts[0] >= 3.0
    assert max(starts) - chill.parts[-1][2] >= 3.0


def test_loudness_and_peaks_of_the_whole_hold(energetic: Heard) -> None:
    assert energetic.lufs == pytest.approx(TREATMENTS["energetic"].loudness_lufs, abs=0.5)
    assert energetic.true_peak_dbtp <= -1.0


def test_report_has_planned_and_measured_levels(energetic: Heard) -> None:
    check_files(energetic.ctx, energetic.brightness)
    path = energetic.ctx.workspace.path("report.json")
    report = MashupReport.model_validate_json(path.read_bytes())
    for section, (_, first, last) in zip(report.sections, energetic.parts, strict=True):
        assert section.contour_lu is not None
        # BS.1770's offset
        assert section.loudness_lufs == pytest.approx((first - 0.69, last - 0.69), abs=0.05)
