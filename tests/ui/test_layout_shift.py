"""Nothing moves while a page loads: cumulative layout shift, as browsers measure it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.ui.conftest import Segue

GOOD = 0.1  # web.dev/articles/cls
SETTLED_MS = 4000
WATCH = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifts.push(shift.value);
}).observe({type: "layout-shift", buffered: true});
"""


# A busy machine loads styles late, so this test does not run every time.
@pytest.mark.soak
def test_pages_do_not_jump(signed_in: Page, segue: Segue) -> None:
    signed_in.add_init_script(WATCH)
    shifts = {}
    for path in ("new", "mashup", "stems", "restyle", "sounds", "jobs", "publish"):
        signed_in.goto(f"{segue.url}/{path}")
        signed_in.wait_for_timeout(SETTLED_MS)
        shifts[path] = signed_in.evaluate("shifts.reduce((sum, one) => sum + one, 0)")
    assert max(shifts.values()) < GOOD, shifts
