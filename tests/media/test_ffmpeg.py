"""ffmpeg is found, ends well or says why not, and never outlives who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from backend.app.errors import BadSettings, ToolFailed
from backend.app.media.confinement import Confinement, confined_command, ended_after
from backend.app.media.ffmpeg import find_ffmpeg, finish_ffmpeg, run_ffmpeg, start_ffmpeg

ENDLESS = ("-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="limits by util-linux")


def gone(pid: int, within_s: float = 5.0) -> bool:
    """A process that ended and waits to be reaped counts as gone."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_the_setting_wins_over_the_bundled_binary(tmp_path: Path) -> None:
    mine = tmp_path / "ffmpeg"
    mine.touch(mode=0o755)
    assert find_ffmpeg(str(mine)) == mine
    assert find_ffmpeg(None).is_file()


def test_a_setting_that_names_nothing_is_refused() -> None:
    with pytest.raises(BadSettings):
        find_ffmpeg("/nowhere/ffmpeg")


def test_what_it_writes_is_returned(ffmpeg: Path) -> None:
    pcm = run_ffmpeg(
        ffmpeg, ["-f", "lavfi", "-i", "sine=d=1:r=44100", "-f", "s16le", "pipe:1"], timeout_s=20
    )
    assert len(pcm) == 2 * 44_100


def test_failure_is_told_and_its_words_go_to_the_log(
    ffmpeg: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ToolFailed) as failed:
        run_ffmpeg(ffmpeg, ["-i", "/nowhere\nERROR forged", "-f", "null", "-"], timeout_s=20)
    assert "nowhere" not in failed.value.message
    assert "No such file" in caplog.text
    assert "\n" not in caplog.messages[0]


@pytest.mark.parametrize("confinement", [None, Confinement()])
def test_a_run_that_takes_too_long_is_stopped(
    ffmpeg: Path, confinement: Confinement | None
) -> None:
    start = time.monotonic()
    with pytest.raises(ToolFailed, match="too long"):
        run_ffmpeg(ffmpeg, ENDLESS, timeout_s=0.3, confinement=confinement)
    assert time.monotonic() - start < 5.0


def test_a_pipe_is_written_and_finished(ffmpeg: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.flac"
    encoder = start_ffmpeg(
        ffmpeg,
        ["-f", "s16le", "-ar", "44100", "-ac", "2", "-i", "pipe:0", str(out)],
        stdin=subprocess.PIPE,
    )
    encoder.stdin.write(bytes(44_100 * 4))
    finish_ffmpeg(encoder, timeout_s=20)
    assert out.read_bytes()[:4] == b"fLaC"


def test_a_pipe_that_nobody_reads_any_more_ends_in_failure(ffmpeg: Path) -> None:
    encoder = start_ffmpeg(ffmpeg, ["-f", "nonsense", "-i", "pipe:0"], stdin=subprocess.PIPE)
    with pytest.raises(ToolFailed):
        finish_ffmpeg(encoder, timeout_s=20)


def test_an_error_in_the_block_ends_the_child(ffmpeg: Path) -> None:
    process = start_ffmpeg(ffmpeg, ENDLESS, confinement=Confinement())
    with pytest.raises(ZeroDivisionError), ended_after(process, 60):
        raise ZeroDivisionError
    assert gone(process.pid)


@linux_only
def test_a_child_dies_with_its_parent(ffmpeg: Path, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, time\nfrom pathlib import Path\n"
        "from backend.app.media.ffmpeg import start_ffmpeg\n"
        f"p = start_ffmpeg(Path({str(ffmpeg)!r}), {ENDLESS!r})\n"
        "sys.stdout.write(f'{p.pid}\\n'); sys.stdout.flush(); time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as parent:
        child = int(parent.stdout.readline())
        time.sleep(0.3)  # through the wrappers and into ffmpeg
        assert psutil.pid_exists(child)
        parent.send_signal(signal.SIGKILL)
    assert gone(child)


@linux_only
def test_a_confined_child_leads_its_own_group_and_sees_no_secrets(
    ffmpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", "canary")
    process = start_ffmpeg(ffmpeg, ENDLESS, confinement=Confinement())
    with ended_after(process, 60):
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert os.getpgid(process.pid) == process.pid
        assert b"canary" not in environment
        os.killpg(process.pid, signal.SIGKILL)


@linux_only
def test_a_trusted_child_stays_in_the_group_of_its_step(ffmpeg: Path) -> None:
    process = start_ffmpeg(ffmpeg, ENDLESS)
    with ended_after(process, 60):
        assert os.getpgid(process.pid) == os.getpgid(0)
        process.kill()


@linux_only
@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("bytearray(400 << 20)", Confinement(memory_bytes=300 << 20)),
        ("while True: pass", Confinement(cpu_s=1)),
        ("open('big', 'wb').write(bytes(2 << 20))", Confinement(file_bytes=1 << 20)),
        ("[open('/dev/null') for _ in range(100)]; f = 0", Confinement(open_files=32)),
    ],
)
def test_limits_end_a_child_that_goes_past_them(
    code: str, limits: Confinement, tmp_path: Path
) -> None:
    argv = [sys.executable, "-I", "-c", f"x = {code}" if "while" not in code else code]
    quiet = {"cwd": tmp_path, "stderr": subprocess.DEVNULL, "timeout": 20, "check": False}
    assert subprocess.run(confined_command(argv, limits), **quiet).returncode != 0
    if "while" not in code:
        assert subprocess.run(confined_command(argv, Confinement()), **quiet).returncode == 0
