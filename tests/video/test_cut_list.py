from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.video.cut_list import (
    FPS,
    HALF_DISSOLVE,
    Cut,
    Dissolve,
    Hold,
    cut_list,
    frame_at,
)


def shown(cuts: list[Cut]) -> list[int]:
    """For each frame, the card that has the upper hand in it."""
    frames: list[int] = []
    for cut in cuts:
        if isinstance(cut, Hold):
            frames += [cut.card] * cut.frames
        else:
            half = cut.frames // 2
            frames += [cut.card] * half + [cut.following] * half
    return frames


def test_one_card_is_held_to_the_end() -> None:
    assert cut_list([0], 10 * SAMPLE_RATE) == [Hold(0, 250)]


def test_two_cards_dissolve_at_the_chapter() -> None:
    cuts = cut_list([0, 4 * SAMPLE_RATE], 10 * SAMPLE_RATE)
    assert cuts == [
        Hold(0, 100 - HALF_DISSOLVE),
        Dissolve(0, 1, 2 * HALF_DISSOLVE),
        Hold(1, 150 - HALF_DISSOLVE),
    ]


def test_a_card_too_short_for_a_frame_is_left_out() -> None:
    starts = [0, SAMPLE_RATE, SAMPLE_RATE + 10]
    assert set(shown(cut_list(starts, 3 * SAMPLE_RATE))) == {0, 2}


@given(
    st.lists(st.integers(1, 30 * SAMPLE_RATE), min_size=1, max_size=20),
)
def test_every_frame_shows_the_track_of_its_time(lengths: list[int]) -> None:
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    length = sum(lengths)
    frames = shown(cut_list(starts, length))
    # Half a frame is 20 ms: the picture is as long as the sound, and changes at the chapter
    assert len(frames) == max(1, frame_at(length))
    assert abs(len(frames) / FPS - length / SAMPLE_RATE) <= 0.5 / FPS or len(frames) == 1
    for card, start in enumerate(starts[1:], start=1):
        if card in frames:
            assert abs(frames.index(card) / FPS - start / SAMPLE_RATE) <= 0.5 / FPS
    assert frames == sorted(frames)
