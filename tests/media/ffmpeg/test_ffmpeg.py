"""ffmpeg is found, its failures are reported, and it never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backend.app.errors import BadSettings, ToolFailed
from backend.app.media.ffmpeg.confinement import Confinement, confined_command, time_limit
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg, finish_ffmpeg, run_ffmpeg, start_ffmpeg
from tests import ROOT
from tests.patience import PATIENCE_S, wait_until

ENDLESS = ("-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="limits by util-linux")


def gone(pid: int) -> bool:
    """Whether a process ends; a zombie has ended."""

    def is_over() -> bool:
        return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    wait_until(is_over)
    return True


def test_setting_overrides_the_bundled_binary(tmp_path: Path) -> None:
    mine = tmp_path / "ffmpeg"
    mine.touch(mode=0o755)
    assert find_ffmpeg(str(mine)) == mine
    assert find_ffmpeg(None).is_file()


def test_setting_without_a_program_is_rejected() -> None:
    with pytest.raises(BadSettings):
        find_ffmpeg("/nowhere/ffmpeg")


def test_standard_output_is_returned(ffmpeg: Path) -> None:
    pcm = run_ffmpeg(
        ffmpeg,
        ["-f", "lavfi", "-i", "sine=d=1:r=44100", "-f", "s16le", "pipe:1"],
        timeout_s=PATIENCE_S,
    )
    assert len(pcm) == 2 * 44_100


def test_failure_is_raised_and_its_output_logged(
    ffmpeg: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ToolFailed) as failed:
        run_ffmpeg(
            ffmpeg, ["-i", "/nowhere\nERROR forged", "-f", "null", "-"], timeout_s=PATIENCE_S
        )
    assert "nowhere" not in failed.value.message
    assert "No such file" in caplog.text
    assert "\n" not in caplog.messages[0]


@pytest.mark.parametrize("confinement", [None, Confinement()])
def test_slow_run_is_stopped(ffmpeg: Path, confinement: Confinement | None) -> None:
    with pytest.raises(ToolFailed, match="too long"):
        run_ffmpeg(ffmpeg, ENDLESS, timeout_s=0.3, confinement=confinement)


def test_pipe_is_written_and_finished(ffmpeg: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.flac"
    encoder = start_ffmpeg(
        ffmpeg,
        ["-f", "s16le", "-ar", "44100", "-ac", "2", "-i", "pipe:0", str(out)],
        stdin=subprocess.PIPE,
    )
    encoder.stdin.write(bytes(44_100 * 4))
    finish_ffmpeg(encoder, timeout_s=PATIENCE_S)
    assert out.read_bytes()[:4] == b"fLaC"


def test_pipe_to_a_failed_ffmpeg_raises(ffmpeg: Path) -> None:
    encoder = start_ffmpeg(ffmpeg, ["-f", "nonsense", "-i", "pipe:0"], stdin=subprocess.PIPE)
    with pytest.raises(ToolFailed):
        finish_ffmpeg(encoder, timeout_s=PATIENCE_S)


def test_error_in_the_block_kills_the_child(ffmpeg: Path) -> None:
    process = start_ffmpeg(ffmpeg, ENDLESS, confinement=Confinement())
    with pytest.raises(ZeroDivisionError), time_limit(process, 60):
        raise ZeroDivisionError
    assert gone(process.pid)


@linux_only
def test_child_dies_with_its_parent(ffmpeg: Path, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, time\nfrom pathlib import Path\n"
        "from backend.app.media.ffmpeg.ffmpeg import start_ffmpeg\n"
        f"p = start_ffmpeg(Path({str(ffmpeg)!r}), {ENDLESS!r})\n"
        "sys.stdout.write(f'{p.pid}\\n'); sys.stdout.flush(); time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as parent:
        child = int(parent.stdout.readline())
        wait_until(lambda: str(ffmpeg) in psutil.Process(child).cmdline()[:1])  # not its wrappers
        parent.send_signal(signal.SIGKILL)
    assert gone(child)


@linux_only
def test_confined_child_has_its_own_group_and_no_secrets(
    ffmpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", "canary")
    process = start_ffmpeg(ffmpeg, ENDLESS, confinement=Confinement())
    with time_limit(process, 60):
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert os.getpgid(process.pid) == process.pid
        assert b"canary" not in environment
        os.killpg(process.pid, signal.SIGKILL)


@linux_only
def test_unconfined_child_stays_in_its_process_group(ffmpeg: Path) -> None:
    process = start_ffmpeg(ffmpeg, ENDLESS)
    with time_limit(process, 60):
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
def test_child_over_its_limits_is_stopped(code: str, limits: Confinement, tmp_path: Path) -> None:
    argv = [sys.executable, "-I", "-c", f"x = {code}" if "while" not in code else code]
    quiet = {"cwd": tmp_path, "stderr": subprocess.DEVNULL, "timeout": 20, "check": False}
    assert subprocess.run(confined_command(argv, limits), **quiet).returncode != 0
    if "while" not in code:
        assert subprocess.run(confined_command(argv, Confinement()), **quiet).returncode == 0
