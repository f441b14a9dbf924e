"""``python -m bench.jobs.job_list``: measure the job list of a user with 10,000 jobs.

It prints the API's CPU time in milliseconds and the bytes of the answer, for the list and for a
single job. The database is filled for it: every tenth job is a finished mix of 24 tracks, the
others are previews.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sqlite3
import tempfile
import time
from pathlib import Path

import psutil

from backend.app.contract.jobs import MixtapeRequest, PreviewRequest, TrackPick

from .previews import Person, server

STEPS = ("analysing", "ordering", "planning", "stretching", "mixing", "checking", "describing")
FILES = ("mix.mp3", "mix.flac", "timeline.json", "report.json", "tracklist.txt", "waveform.json")
N_TRACKS = 24
ROUNDS = 40
NOTE = "Two tracks are joined by a fade: their tempi are too far apart to match their beats."


def fill(database: Path, user_id: str, n_jobs: int, mix_every: int) -> str:
    """Insert finished jobs into the database; return the id of the newest mix."""
    picks = [TrackPick(track_id=secrets.token_hex(16)) for _ in range(N_TRACKS)]
    mix = MixtapeRequest(tracks_upload_id=secrets.token_hex(16), tracks=picks).model_dump_json()
    preview = PreviewRequest(job_id=secrets.token_hex(16), transition=3).model_dump_json()
    inputs = json.dumps({"padding": "x" * 400 * N_TRACKS})
    begin_s, newest = time.time() - n_jobs, ""
    with sqlite3.connect(database) as db:
        for number in range(n_jobs):
            job_id, at_s = secrets.token_hex(16), begin_s + number
            is_mix = (n_jobs - 1 - number) % mix_every == 0
            newest = job_id if is_mix else newest
            kind, request = ("mixtape", mix) if is_mix else ("preview", preview)
            row = {
                **{"id": job_id, "user_id": user_id, "kind": kind, "title": f"Mix {number}"},
                **{"request": request, "inputs": inputs, "work_s": 5400.0, "lane": "work"},
                **{"status": "succeeded", "attempt": 1, "crashes": 0, "cancel_requested": 0},
                **{"notes": json.dumps([NOTE] * 8), "queued_s": at_s, "created_s": at_s},
                **{"claimed_s": at_s, "started_s": at_s, "finished_s": at_s + 60.0},
            }
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            db.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", tuple(row.values()))
            steps = [(job_id, name, i, "succeeded", 1.0, 9.0, 9.0) for i, name in enumerate(STEPS)]
            columns = "job_id, name, position, state, progress, cost_s, seconds"
            db.executemany(f"INSERT INTO job_steps ({columns}) VALUES (?,?,?,?,?,?,?)", steps)
            files = [(job_id, name, "mixing", "audio/mpeg", 10**8, "0" * 64) for name in FILES]
            columns = "job_id, name, step, media_type, size, sha256"
            db.executemany(f"INSERT INTO job_files ({columns}) VALUES (?,?,?,?,?,?)", files)
    return newest


def measure(person: Person, api: psutil.Process, path: str) -> None:
    """Print the processor time and the size of one answer."""
    size = len(person.http.get(path).raise_for_status().content)
    before = api.cpu_times()
    for _ in range(ROUNDS):
        person.http.get(path).raise_for_status()
    after = api.cpu_times()
    spent_ms = 1000.0 * (after.user + after.system - before.user - before.system) / ROUNDS
    print(f"{path[:36]:38}{spent_ms:8.1f} ms{size / 1000:10.1f} kB", flush=True)


def main() -> None:
    """Fill a database and request its job list."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.job_list", description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--mix-every", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "storage") as url:
        ann = Person(url, "ann")
        user_id = ann.http.get("/auth/me").json()["id"]
        mix = fill(Path(folder) / "storage" / "segue.db", user_id, options.jobs, options.mix_every)
        api = next(p for p in psutil.Process().children() if "uvicorn" in " ".join(p.cmdline()))
        print(f"{options.jobs} jobs")
        for path in ("/auth/me", "/jobs?limit=20", "/jobs?kind=preview&limit=20", f"/jobs/{mix}"):
            measure(ann, api, path)


if __name__ == "__main__":
    main()
