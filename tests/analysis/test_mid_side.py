import numpy as np
import pytest

from backend.app.analysis.mid_side import ANALYSIS_RATE, analysis_blocks
from backend.app.dsp.samples import SAMPLE_RATE


def test_click_keeps_its_position_for_any_block_sizes():
    track = np.zeros((2, 3 * SAMPLE_RATE), np.float32)
    track[0, SAMPLE_RATE : SAMPLE_RATE + 2] = 1.0
    blocks = [track[:, :50_001], track[:, 50_001:50_010], track[:, 50_010:]]
    heard = list(analysis_blocks(blocks))
    mid = np.concatenate([block.mid for block in heard])
    side = np.concatenate([block.side for block in heard])
    assert len(mid) == 3 * ANALYSIS_RATE
    # At half the rate, two samples are centred a quarter of a sample late.
    assert abs(int(np.abs(mid).argmax()) - ANALYSIS_RATE) <= 1
    assert mid == pytest.approx(side, abs=1e-6)  # a sound on the left alone has equal mid and side
