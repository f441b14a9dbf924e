"""What a user does with each kind of job: the same on both setups."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import soundfile

from backend.app.contract.jobs import JobView
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.publishing.upload.stored_upload import marker_of
from composer.compose import compose_song
from composer.files import write_crate, write_song
from composer.pictures import png_bytes
from composer.song import SongSpec
from composer.tones import tone
from tests.journey.server import Visitor
from tests.publishing.stand_ins.youtube_model import Channel

_ID = re.compile(r"\b[0-9a-f]{32}\b")

SONGS = (
    SongSpec(tempo_bpm=124, key="A minor", seed=1, bars=8, title="Ay", artist="Ada"),
    SongSpec(style="pop", tempo_bpm=119, key="C major", seed=2, bars=8, title="Bee", artist="Bo"),
)


@dataclass(frozen=True)
class Material:
    """Files that a user uploads."""

    songs: list[Path]
    long_songs: list[Path]
    picture: bytes
    sound: Path


def material_in(folder: Path) -> Material:
    """Write two songs of a quarter of a minute, three of a minute, a picture and a sound."""
    songs = [folder / f"{spec.title}.flac" for spec in SONGS]
    for spec, file in zip(SONGS, songs, strict=True):
        write_song(compose_song(spec), file)
    sound = folder / "strings.wav"
    soundfile.write(sound, 0.4 * tone("strum", 57, SAMPLE_RATE).T, SAMPLE_RATE)
    long_songs = write_crate(folder, n_songs=3, seed=5, duration_s=56.0, formats=("wav",))
    return Material(
        songs,
        [p for p in long_songs if p.suffix == ".wav"],
        png_bytes(2, width=640, height=360),
        sound,
    )


def done(visitor: Visitor, **request: object) -> JobView:
    """Run a job to its end."""
    job = visitor.wait_for(visitor.start(**request).id)
    assert job.status == "succeeded", job.error
    assert job.attempt == 1
    return job


def mixtape_with_film(visitor: Visitor, material: Material) -> JobView:
    """A DJ mix of both songs in two formats, with a film."""
    return done(
        visitor,
        tracks_upload_id=visitor.upload_tracks(material.songs).id,
        bg_image_upload_id=visitor.upload_picture(material.picture).id,
        title="Same",
        transitions="dj",
        order="auto",
        formats=["mp3", "flac"],
        video={"height": 720},
    )


def long_mixtape(visitor: Visitor, material: Material) -> JobView:
    """A mix that is long enough for workers to share its encoding."""
    crate = visitor.upload_tracks(material.long_songs)
    return done(visitor, tracks_upload_id=crate.id, title="Long", transition_ms=2000)


def stems(visitor: Visitor, material: Material) -> JobView:
    """The stems of a song, from a network."""
    track = visitor.upload_tracks(material.songs[:1]).tracks[0]
    return done(visitor, kind="stems", track_id=track.id)


def mashup(visitor: Visitor, material: Material) -> JobView:
    """A mashup of both songs."""
    crate = visitor.upload_tracks(material.songs)
    request = {"vibe": "upbeat", "model": "draft", "stems": True}
    return done(visitor, kind="mashup", tracks_upload_id=crate.id, **request)


def restyle(visitor: Visitor, material: Material) -> JobView:
    """A song whose bass is played by strings."""
    track = visitor.upload_tracks(material.songs[:1]).tracks[0]
    files = [("files", (material.sound.name, material.sound.read_bytes()))]
    sent = visitor.ask("POST", "/sounds", files=files, data={"kind": "style"})
    config = {"bass": {"sound_id": sent.json()["sounds"][0]["id"]}}
    request = {"track_id": track.id, "model": "draft", "format": "flac"}
    return done(visitor, kind="restyle", config=config, **request)


def publish(visitor: Visitor, material: Material) -> JobView:
    """A short mixtape that goes to YouTube."""
    mix = done(
        visitor,
        tracks_upload_id=visitor.upload_tracks(material.songs).id,
        bg_image_upload_id=visitor.upload_picture(material.picture).id,
        title="Online",
        transition_ms=2000,
        video={"height": 720},
    )
    return done(visitor, kind="publish", job_id=mix.id, title="Online", tags=["techno"])


JOURNEYS: Mapping[str, Callable[[Visitor, Material], JobView]] = {
    journey.__name__: journey
    for journey in (mixtape_with_film, long_mixtape, stems, mashup, restyle, publish)
}


def results(visitor: Visitor, job: JobView, folder: Path) -> dict[str, object]:
    """Return each artifact's hash, or its text if it is JSON; ids are replaced by numbers."""
    found: dict[str, object] = {}
    for artifact in job.artifacts:
        (folder / artifact.name).parent.mkdir(parents=True, exist_ok=True)
        file = visitor.download(job, artifact.name, folder)
        if file.suffix == ".json":  # it names tracks, sounds and videos
            found[artifact.name] = numbered(file.read_text(encoding="utf-8"))
        else:
            found[artifact.name] = sha256(file.read_bytes()).hexdigest()
    return found


def numbered(text: str) -> str:
    """Replace each id by the number of its first appearance."""
    ids = list(dict.fromkeys(_ID.findall(text)))
    return _ID.sub(lambda one: f"id-{ids.index(one.group())}", text)


def on_youtube(channel: Channel, job: JobView) -> dict[str, object]:
    """Return what arrived of a publication, without the tag that marks its job."""
    marker = marker_of(job.id)
    tagged = [v for v in channel.videos.values() if marker in v.resource["snippet"]["tags"]]
    if job.kind != "publish":
        assert not tagged
        return {}
    [video] = tagged
    about = json.dumps(video.resource).replace(marker, "")
    return {"video": video.sha256, "its thumbnail": video.thumbnail, "about": about}
