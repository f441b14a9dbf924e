"""Recognise incomplete and damaged tracks: reject them, or admit them with a warning."""

from __future__ import annotations

from .formats import FLAC, SniffedFormat
from .rejections import rejection

# A FLAC states its length in samples; after resampling, it may differ by one.
_FLAC_SLACK_S = 0.001
# Encoder delay and padding, which some headers count as sound, in samples of the file's rate: 2,112
# + 2,304 for AAC; 0.15 s at 44.1 kHz, with some room.
_SLACK_SAMPLES = 6_615
# Share of the stated length that must be decodable; a file with less is rejected.
_MIN_READABLE_SHARE = 0.5


def truncation_warning(
    kind: SniffedFormat,
    length_s: float,
    stated_s: float | None,
    *,
    errors: int,
    cut_off: bool = False,
    rate_hz: int = 44_100,
) -> str | None:
    """Return a sentence for the user if sound is lost or damaged, else None.

    ffmpeg decodes half a file and reports success, so the decoded length is compared with the
    stated one. A FLAC, MP3 or M4A is rejected (``damaged``) if less than half of the stated length
    can be decoded. If a file is complete but decodes to less, its header is wrong, and the decoded
    length counts.

    ``errors`` counts the decoder's messages; ``cut_off`` as in `SniffedSound`.
    """
    stated_s = stated_s or 0.0
    lost_s = stated_s - length_s
    if lost_s > (_FLAC_SLACK_S if kind is FLAC else _SLACK_SAMPLES / rate_hz):
        readable = f"{length_s:.1f} of {stated_s:.1f} s can be read"
        if kind.stated and not (errors or cut_off):
            return (
                f"The file's header states a wrong length: {readable}. Check that nothing is"
                " missing at the end."
            )
        if kind.stated and length_s < _MIN_READABLE_SHARE * stated_s:
            raise rejection("damaged", readable)
        return f"The file is damaged or incomplete: {readable}, {lost_s:.2f} s are missing."
    if errors:
        return "Some parts of the file are damaged; listen to it before you use it."
    return None
