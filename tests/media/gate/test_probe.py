"""Codec, sample rate and channels decide whether a stream is decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.errors import RejectedFile
from backend.app.media.ffmpeg.confinement import Confinement
from backend.app.media.gate import probe as probing
from backend.app.media.gate.formats import WAV
from backend.app.media.gate.probe import ProbedStream


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch):
    """Probe a file for which ffmpeg prints this."""

    def probed(codec: str = "pcm_s16le", rate_hz: int = 44_100, layout: str = "stereo"):
        said = (
            f"#codec_id 0: {codec}\n#sample_rate 0: {rate_hz}\n#channel_layout_name 0: {layout}\n"
        )
        monkeypatch.setattr(probing, "run_ffmpeg", lambda *_, **__: said.encode())
        ffmpeg, confinement = Path("ffmpeg"), Confinement(memory_bytes=1 << 30)
        return probing.probe(ffmpeg, Path("a"), WAV, timeout_s=1.0, confinement=confinement)

    return probed


def test_stream_is_described_by_codec_rate_and_channels(probe) -> None:
    assert probe() == ProbedStream("pcm_s16le", 44_100, 2)


@pytest.mark.parametrize("rate_hz", [8_000, 192_000])
def test_rates_from_8_to_192_khz_are_read(probe, rate_hz: int) -> None:
    assert probe(rate_hz=rate_hz).rate_hz == rate_hz


@pytest.mark.parametrize(("rate_hz", "shown"), [(7_999, "7,999 Hz"), (192_001, "192,001 Hz")])
def test_other_rates_are_rejected(probe, rate_hz: int, shown: str) -> None:
    with pytest.raises(RejectedFile, match=shown):
        probe(rate_hz=rate_hz)


@pytest.mark.parametrize(
    ("layout", "channels"),
    [
        *(("mono", 1), ("stereo", 2), ("downmix", 2), ("2.1", 3), ("quad", 4), ("5.1(side)", 6)),
        *(("hexagonal", 6), ("7.1", 8), ("octagonal", 8), ("8 channels", 8), ("strange", None)),
    ],
)
def test_up_to_eight_channels_are_read(probe, layout: str, channels: int | None) -> None:
    assert probe(layout=layout).channels == channels


@pytest.mark.parametrize("layout", ["9 channels", "7.1.4", "22.2"])
def test_more_than_eight_channels_are_rejected(probe, layout: str) -> None:
    with pytest.raises(RejectedFile, match="channels"):
        probe(layout=layout)


@pytest.mark.parametrize("codec", ["flac", "aac", ""])
def test_codec_of_another_format_is_rejected(probe, codec: str) -> None:
    with pytest.raises(RejectedFile, match="codec"):
        probe(codec=codec)
