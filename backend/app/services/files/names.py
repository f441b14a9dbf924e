"""Names of a finished job's files, in its folder and as downloads."""

from __future__ import annotations

TIMELINE = "timeline.json"
"""The plan of a mix, which re-renders, previews and publications read."""

REPORT = "report.json"
WAVEFORM = "waveform.json"
FILM = "mix.mp4"
FILM_GROUPS = "film-groups.zip"
"""The film's encoded picture groups, for re-renders; not an artifact."""

THUMBNAIL = "thumbnail.jpg"
TRACKLIST = "tracklist.txt"
DESCRIPTION = "description.txt"
METADATA = "words.json"

# These main files are downloaded under the job's title alone.
_WHOLE = ("mix", "mashup", "restyled")


def saved_as(title: str, name: str) -> str:
    """Return the download name of an artifact: the job's title, plus the file name if needed.

    A file in a folder below the first gets that folder's name instead of the title.

    >>> saved_as("Rainy Sunday", "mix.mp3"), saved_as("Rainy Sunday", "tracklist.txt")
    ('Rainy Sunday.mp3', 'Rainy Sunday - tracklist.txt')
    >>> saved_as("Stems of Sun and 2 more", "stems/Moon/drums.flac")
    'Moon - drums.flac'
    """
    *folders, file = name.split("/")
    if len(folders) > 1:
        return " - ".join([*folders[1:], file])
    if not title:
        return file
    stem, dot, ending = file.partition(".")
    return f"{title}{dot}{ending}" if stem in _WHOLE else f"{title} - {file}"
