import pytest

from backend.app.contract.analysis import KEY_NAMES
from backend.app.dj.harmony import Camelot, camelot, distance_shares


@pytest.mark.parametrize(
    ("key", "code"),
    [("C major", "8B"), ("A minor", "8A"), ("Eb major", "5B"), ("F# minor", "11A")],
)
def test_keys_have_their_camelot_codes(key, code):
    assert str(camelot(key)) == code


def test_moved_key_is_the_neighbouring_semitone():
    for index in range(11):
        assert camelot(KEY_NAMES[index]).moved(1) == camelot(KEY_NAMES[index + 1])
        assert camelot(KEY_NAMES[12 + index + 1]).moved(-1) == camelot(KEY_NAMES[12 + index])


def test_distance_takes_the_short_way_and_counts_mode_change():
    assert Camelot(12, True).distance(Camelot(1, True)) == 1
    assert Camelot(8, True).distance(Camelot(8, False)) == 1
    assert Camelot(2, True).distance(Camelot(8, False)) == 7


def test_invalid_key_raises():
    with pytest.raises(ValueError, match="H major"):
        camelot("H major")


def test_shares_of_distances_count_all_pairs_of_keys():
    keys = [camelot(name) for name in KEY_NAMES]
    steps = [one.distance(other) for one in keys for other in keys]
    assert distance_shares() == tuple(steps.count(d) / len(steps) for d in range(8))
