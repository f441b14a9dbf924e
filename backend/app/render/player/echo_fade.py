"""Fade a clip's own sound out just before its echo begins."""

from __future__ import annotations

from ...dsp.fades import fade_in
from ...dsp.samples import SAMPLE_RATE, Samples

# 5 ms: inaudible as a fade, long enough not to click.
ECHO_FADE = round(0.005 * SAMPLE_RATE)


def fade_before_echo(block: Samples, start: int, end: int, echo_start: int) -> None:
    """Fade in place the part of ``block`` within 5 ms before ``echo_start``.

    ``block`` holds the samples ``[start, end)`` of the mix; ``end`` is at most ``echo_start``.
    """
    falls_from = echo_start - ECHO_FADE
    if end > falls_from:
        begin = max(start, falls_from)
        rising = fade_in(ECHO_FADE)[echo_start - end : echo_start - begin]
        block[:, begin - start :] *= rising[::-1]
