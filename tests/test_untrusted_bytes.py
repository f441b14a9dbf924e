"""Bytes that strangers send are decoded only in confined processes; see docs/security.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from tests import ROOT
from tests.api.conftest import picture
from tests.media.containers import id3, id3_frame
from tests.media.media_factory import MediaFactory

# Libraries that decode files, and that hostile files have made crash, hang or fill the memory.
DECODERS = frozenset(
    (
        *("PIL", "imageio", "imageio_ffmpeg", "cv2", "mutagen", "soundfile", "pydub", "audioread"),
        *("wave", "aifc", "sunau", "zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib", "pickle"),
        *("marshal", "shelve", "yaml", "xml", "lxml", "torch", "safetensors", "demucs"),
        *("uharfbuzz", "chardet"),
    )
)

CONFINED = "the program of a confined process"
OWN_SOUND = "FLAC that Segue wrote from samples"
OWN_PICTURE = "in a job's process: copies that Segue wrote, or pictures that it paints"
OWN_FONTS = "in a job's process: Segue's own fonts"
WEIGHTS = "in a job's process: weights chosen by the operator, their names checked before loading"

#: Every module that imports a decoder, and what it decodes.
KNOWN = {
    "backend/app/media/pictures/copy_picture.py": ({"PIL"}, CONFINED),
    "backend/app/media/tags/legacy_encodings.py": ({"chardet"}, CONFINED),
    "backend/app/media/tags/read_names.py": ({"mutagen"}, CONFINED),
    "backend/app/media/tags/read_tags.py": ({"mutagen"}, CONFINED),
    "backend/app/media/ffmpeg/ffmpeg.py": ({"imageio_ffmpeg"}, "the path of a program, no file"),
    "backend/app/media/ffmpeg/full_disk.py": ({"soundfile"}, "an error's type, no file"),
    "backend/app/media/normal_form.py": ({"soundfile"}, OWN_SOUND),
    "backend/app/media/trim_and_level.py": ({"pydub"}, "samples, no file"),
    "backend/app/render/aac/m4a.py": ({"mutagen"}, "writes"),
    "backend/app/render/files/lossless.py": ({"soundfile"}, "writes"),
    "backend/app/render/files/tags.py": ({"mutagen"}, "writes"),
    "backend/app/services/files/measure_files.py": ({"soundfile"}, "finished mixes"),
    "backend/app/analysis/result_files.py": (
        {"zipfile", "zlib"},
        "caches that Segue wrote",
    ),
    "backend/app/api/downloads/archives.py": ({"zipfile"}, "writes"),
    "backend/app/video/backdrop.py": ({"PIL"}, OWN_PICTURE),
    "backend/app/video/cards.py": ({"PIL"}, OWN_PICTURE),
    "backend/app/video/film.py": ({"PIL"}, OWN_PICTURE),
    "backend/app/video/saved_groups.py": ({"zipfile"}, "picture groups that Segue wrote"),
    "backend/app/video/encode_h264.py": ({"PIL"}, OWN_PICTURE),
    "backend/app/video/thumbnail.py": ({"PIL"}, OWN_PICTURE),
    "backend/app/video/font_stack.py": ({"uharfbuzz"}, OWN_FONTS),
    "backend/app/video/text_layout.py": ({"PIL", "uharfbuzz"}, OWN_FONTS),
    "backend/app/video/text_shaping.py": ({"uharfbuzz"}, OWN_FONTS),
    "backend/app/stems/demucs/device.py": ({"torch"}, "no file"),
    "backend/app/stems/demucs/segments.py": ({"torch", "demucs"}, "no file"),
    "backend/app/stems/demucs/separator.py": ({"torch", "demucs"}, "no file"),
    "backend/app/stems/demucs/model.py": ({"torch", "demucs", "safetensors", "pickle"}, WEIGHTS),
    "backend/app/stems/weights/checkpoint.py": ({"pickle", "zipfile"}, WEIGHTS),
    "backend/app/stems/weights/model_files.py": ({"yaml"}, WEIGHTS),
}

STARTERS = ("start_process", "start_ffmpeg", "run_ffmpeg", "pipe_to_ffmpeg", "Popen", "run")
#: Modules that start a process without limits, and why no limits are needed.
UNCONFINED = {
    "backend/app/jobs/processes/fork_launcher.py": "the fork server",
    "backend/app/jobs/processes/launcher.py": "a job, which decodes only what Segue wrote",
    "backend/app/media/ffmpeg/confinement.py": "starts the confined processes",
    "backend/app/media/ffmpeg/ffmpeg.py": "encodes samples from a pipe",
    "backend/app/render/aac/frames.py": "splits AAC that Segue wrote into frames",
    "backend/app/render/aac/m4a.py": "joins AAC that Segue wrote",
    "backend/app/render/measure/finished_file.py": "decodes finished mixes",
    "backend/app/video/film_sound.py": "encodes the sound of a finished mix",
    "backend/app/services/workers/gpu.py": "asks the driver for its GPU",
    "backend/app/services/health.py": "asks ffmpeg for its version",
    "backend/app/video/film.py": "encodes films from its own pictures and a finished mix",
    "backend/app/video/encode_h264.py": "encodes frames from a pipe",
    "backend/app/wiring/jobs/workers.py": "the Celery process of each queue",
}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """The product's modules by their paths, parsed once."""
    found = (path for folder in ("backend", "frontend") for path in (ROOT / folder).rglob("*.py"))
    paths = sorted(path for path in found if "node_modules" not in path.parts)
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())) for path in paths]


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def unconfined_starts(module: ast.Module) -> list[str]:
    """Calls that start a process without naming a confinement.

    Segue's own methods may be called `run`.
    """
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and not any(k.arg == "confinement" for k in node.keywords):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
            plain = isinstance(node.func, ast.Name) or _name(node.func) == "subprocess"
            if name in STARTERS and plain:
                found.append(name)
    return found


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return _name(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def test_only_known_modules_import_a_decoder() -> None:
    found = {name: DECODERS.intersection(imported(module)) for name, module in modules()}
    assert {name: used for name, used in found.items() if used} == {
        name: used for name, (used, _) in KNOWN.items()
    }


def test_only_known_modules_start_a_process_without_limits() -> None:
    found = {name for name, module in modules() if unconfined_starts(module)}
    # this one starts a class derived from Popen
    subclassed = {"backend/app/jobs/processes/launcher.py"}
    assert found | subclassed == set(UNCONFINED)


def test_arrays_are_loaded_from_caches_only() -> None:
    loads = {
        name
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr == "load" and _name(node) == "np"
    }
    assert loads == {"backend/app/analysis/result_files.py"}


@pytest.mark.parametrize("name", [name for name, (_, why) in KNOWN.items() if why == CONFINED])
def test_document_names_each_confined_program(name: str) -> None:
    assert name in (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


UPLOADS = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from backend.app.main import create_app
from backend.app.settings import Settings

folder = Path(sys.argv[1])
app = create_app(Settings(_env_file=None, storage_root=folder / "storage"))
with TestClient(app, base_url="http://localhost:8000") as client:
    account = {"email": "ann@example.org", "password": "correct horse battery"}
    token = client.post("/auth/register", json=account).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    image, track = (folder / "picture").read_bytes(), (folder / "track").read_bytes()
    print(client.post("/uploads/image", files={"file": ("p.png", image)}).status_code)
    crate = client.post("/uploads/tracks", files=[("files", ("a.mp3", track))])
    print(crate.status_code)
    cover = client.get(f"/tracks/{crate.json()['added'][0]}/cover")
    print(cover.headers["content-type"])
print(*sorted({"PIL", "mutagen", "torch"} & set(sys.modules)))
"""


def test_api_loads_no_decoder_while_it_takes_a_track_and_a_picture(
    tmp_path: Path,
) -> None:
    (tmp_path / "picture").write_bytes(picture())
    cover = id3(id3_frame(b"APIC", b"\3image/png\0\3\0" + picture()))
    (tmp_path / "track").write_bytes(cover + MediaFactory(find_ffmpeg(None), tmp_path).mp3())
    done = subprocess.run(
        [sys.executable, "-c", UPLOADS, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n") == ["201", "201", "image/png", "", ""]
