"""What the files of a finished mix are called."""

from __future__ import annotations

TIMELINE = "timeline.json"
"""The plan of a mix, and the one artifact that other jobs go on from."""

FILM = "mix.mp4"
THUMBNAIL = "thumbnail.jpg"
TRACKLIST = "tracklist.txt"
DESCRIPTION = "description.txt"
WORDS = "words.json"
