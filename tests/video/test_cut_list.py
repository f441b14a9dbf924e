"""Every frame shows the card that belongs to its time."""

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
    """For each frame, the card that dominates it."""
    frames: list[int] = []
    for cut in cuts:
        if isinstance(cut, Hold):
            frames += [cut.card] * cut.frames
        else:
            half = cut.frames // 2
            frames += [cut.card] * half + [cut.following] * half
    return frames


def is_near(frame: int, sample: int) -> bool:
    """Whether a frame begins within half a frame of a sample, in exact integers."""
    return 2 * abs(frame * SAMPLE_RATE - sample * FPS) <= SAMPLE_RATE


def test_single_card_is_held_to_the_end() -> None:
    assert cut_list([0], 10 * SAMPLE_RATE) == [Hold(0, 250)]


def test_no_more_than_ten_seconds_are_encoded_of_a_held_card() -> None:
    assert [Hold(0, frames).group_frames for frames in (249, 250, 1000)] == [249, 250, 250]


def test_a_dissolve_takes_almost_a_second() -> None:
    _, dissolve, _ = cut_list([0, 4 * SAMPLE_RATE], 10 * SAMPLE_RATE)
    assert dissolve == Dissolve(0, 1, 24)  # 0.96 s


def test_a_dissolve_leaves_half_of_a_short_card() -> None:
    second = 25
    cuts = cut_list([0, 4 * SAMPLE_RATE, 4 * SAMPLE_RATE + SAMPLE_RATE // 5], 10 * SAMPLE_RATE)
    assert cuts == [
        Hold(0, 4 * second - 2),
        Dissolve(0, 1, 4),
        Hold(1, 1),
        Dissolve(1, 2, 4),
        Hold(2, 6 * second - 5 - 2),
    ]


def test_two_cards_dissolve_at_the_chapter() -> None:
    cuts = cut_list([0, 4 * SAMPLE_RATE], 10 * SAMPLE_RATE)
    assert cuts == [
        Hold(0, 100 - HALF_DISSOLVE),
        Dissolve(0, 1, 2 * HALF_DISSOLVE),
        Hold(1, 150 - HALF_DISSOLVE),
    ]


def test_card_too_short_for_a_frame_is_left_out() -> None:
    starts = [0, SAMPLE_RATE, SAMPLE_RATE + 10]
    assert set(shown(cut_list(starts, 3 * SAMPLE_RATE))) == {0, 2}


@given(
    st.lists(st.integers(1, 30 * SAMPLE_RATE), min_size=1, max_size=20),
)
def test_every_frame_shows_the_track_of_its_time(lengths: list[int]) -> None:
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    length = sum(lengths)
    frames = shown(cut_list(starts, length))
    # half a frame, 20 ms: the allowed difference in length and at chapters
    assert len(frames) == max(1, frame_at(length))
    assert is_near(len(frames), length) or len(frames) == 1
    for card, start in enumerate(starts[1:], start=1):
        if card in frames:
            assert is_near(frames.index(card), start)
    assert frames == sorted(frames)
