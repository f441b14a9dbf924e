import pytest

from backend.app.analysis.track import analyse
from backend.app.dj.joins.shapes.automation import BASS_DB, BASS_HZ
from backend.app.dsp.filters import LowShelfFilter
from backend.app.dsp.loudness import LoudnessMeter
from backend.app.dsp.samples import Samples
from composer.compose import compose_song
from composer.song import SongSpec
from tests.sounds import silence


def energy(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    return float(meter.energies.sum())


@pytest.mark.parametrize("style", ["house", "pop", "dnb"])
def test_bass_share_matches_the_mixers_bass_cut(style: str) -> None:
    song = compose_song(SongSpec(style=style, seed=3, duration_s=30)).samples
    left = energy(LowShelfFilter(BASS_HZ, BASS_DB).process(song)) / energy(song)
    # Estimated from nine bands of the mid signal: within a tenth of the energy, 0.5 LU.
    assert analyse([song])[0].bass_share == pytest.approx(1.0 - left, abs=0.1)


def test_silence_has_no_bass() -> None:
    assert analyse([silence(5.0)])[0].bass_share == 0.0
