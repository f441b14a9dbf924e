"""The niceness of a session's group of processes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from backend.app.jobs.processes.priority import lower_session
from tests.patience import PATIENCE_S

OWN_GROUP = Path("/proc/self/autogroup")
linux_groups_sessions = pytest.mark.skipif(
    not OWN_GROUP.exists(), reason="this system does not group processes by session"
)


@linux_groups_sessions
@pytest.mark.parametrize("leads_session", [True, False])
def test_only_the_session_that_a_process_leads_yields(leads_session: bool) -> None:
    before = OWN_GROUP.read_text()
    with subprocess.Popen(
        ["sleep", str(10 * PATIENCE_S)], start_new_session=leads_session
    ) as process:
        group = Path(f"/proc/{process.pid}/autogroup")
        lower_session(process.pid, 7)
        after = group.read_text()
        process.kill()
    assert after.endswith(" nice 7\n") is leads_session
    assert OWN_GROUP.read_text() == before
