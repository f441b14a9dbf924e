"""Short sounds in every format, and canaries that reveal access to files or hosts."""

from __future__ import annotations

import http.server
import socketserver
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from backend.app.media.ffmpeg.ffmpeg import run_ffmpeg

RATE = 44_100
# Frequency in the other tenant's file, used by no other sound in these tests.
CANARY_HZ = 3_137.0


def music(duration_s: float = 3.0, *, seed: int = 1, rate: int = RATE) -> np.ndarray:
    """A chord over soft noise, float32 (n, 2), peaks near 0.6."""
    t = np.arange(round(duration_s * rate)) / rate
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (220.0, 277.18, 329.63)) * 0.15
    noise = np.random.default_rng(seed).normal(0, 0.03, (len(t), 2))
    return (chord[:, None] + noise).astype(np.float32)


@dataclass
class MediaFactory:
    """Makes sounds with the real ffmpeg; each format is encoded once."""

    ffmpeg: Path
    folder: Path
    url: str = "http://127.0.0.1:9"
    server: CountingServer | None = None
    _made: dict[str, bytes] = field(default_factory=dict)

    @property
    def tenant(self) -> Path:
        """Another tenant's folder, with their music in it."""
        return self.folder / "tenant"

    def encode(self, name: str, *options: str, duration_s: float = 3.0) -> bytes:
        """The same three seconds in the format of ``name`` and ``options``."""
        key = f"{name} {options} {duration_s}"
        if key not in self._made:
            wav, out = self.folder / "plain.wav", self.folder / name
            soundfile.write(wav, music(duration_s), RATE, subtype="PCM_16")
            self.run("-i", str(wav), *options, "-y", str(out))
            self._made[key] = out.read_bytes()
        return self._made[key]

    def run(self, *arguments: str) -> None:
        run_ffmpeg(self.ffmpeg, arguments, timeout_s=60)

    def mp3(self, **kw: float) -> bytes:
        return self.encode("a.mp3", "-b:a", "128k", **kw)

    def m4a(self, **kw: float) -> bytes:
        return self.encode("a.m4a", "-c:a", "aac", "-movflags", "+faststart", **kw)

    def flac(self, **kw: float) -> bytes:
        return self.encode("a.flac", **kw)

    def ogg(self, **kw: float) -> bytes:
        return self.encode("a.ogg", "-c:a", "libvorbis", **kw)

    def opus(self, **kw: float) -> bytes:
        return self.encode("a.opus", "-c:a", "libopus", **kw)

    def wav(self, **kw: float) -> bytes:
        return self.encode("b.wav", "-c:a", "pcm_s16le", "-fflags", "+bitexact", **kw)

    def lay_canaries(self) -> None:
        """Put a distinct tone, as MP3 and TS, and a secret, into the other tenant's folder."""
        self.tenant.mkdir()
        tone = f"sine=frequency={CANARY_HZ}:sample_rate={RATE}:duration=3"
        for name in ("canary.mp3", "canary.ts"):
            self.run("-f", "lavfi", "-i", tone, "-c:a", "libmp3lame", str(self.tenant / name))
        (self.tenant / "secret.txt").write_text("the other tenant's secret\n")


class CountingServer:
    """A local web server that serves the canary and counts requests."""

    def __init__(self, content: bytes) -> None:
        self.hits = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.hits += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def strace_works() -> bool:
    """Whether system calls of a child can be watched here."""
    try:
        seen = subprocess.run(
            ["strace", "-f", "-e", "trace=openat", "true"], capture_output=True, check=False
        )
    except FileNotFoundError:
        return False
    return seen.returncode == 0
