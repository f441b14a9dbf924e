"""Error codes, messages and hints for rejected files."""

from __future__ import annotations

from ...errors import RejectedFile

_ACCEPTED = "MP3, WAV, AIFF, FLAC, OGG (Vorbis or Opus), WebM or M4A"
_SEND_AUDIO = f"Send the music itself, as {_ACCEPTED}."
_FRESH_COPY = "Download or export the file again and send the new copy."
_CONVERT = f"Convert it to {_ACCEPTED}."
_AS_24_BIT = "Export the track again, as 24-bit rather than floating-point."
_PICTURES = "Send a PNG, JPEG or WebP picture."

_REASONS: dict[str, tuple[str, str]] = {
    "empty": ("The file is empty.", _FRESH_COPY),
    "not_audio": ("This is not a sound file{detail}.", _SEND_AUDIO),
    "tags_only": ("The file holds tags and no sound.", _FRESH_COPY),
    "archive": ("This is an archive, not a sound file.", "Unpack it and send the tracks."),
    "program": ("This is a program, not a sound file.", _SEND_AUDIO),
    "document": ("This is a document, not a sound file.", _SEND_AUDIO),
    "picture": ("This is a picture, not a sound file.", "Add it as the background instead."),
    "video": ("This is a video.", "Export its sound alone, as M4A or MP3."),
    "sequence": ("This file holds notes to be synthesized, not recorded sound.", _CONVERT),
    "unsupported_format": ("This is {detail}, which is not supported.", _CONVERT),
    "unsupported_codec": ("This audio codec{detail} is not supported.", _CONVERT),
    "damaged": ("The file is damaged: {detail}.", _FRESH_COPY),
    "silent": ("The file contains only silence.", "Choose one with sound in it."),
    "drm": (
        "The file is copy-protected.",
        "Use a copy without protection, for example one bought as MP3 or FLAC.",
    ),
    "too_short": (
        "The file lasts {detail}.",
        "A track must last at least 1 s, a single sound 0.05 s.",
    ),
    "too_long": ("The file lasts longer than {detail}.", "Cut it into shorter pieces."),
    "bad_rate": (
        "The sample rate is {detail}.",
        "Convert it to 44.1 or 48 kHz; 8 to 192 kHz can be read.",
    ),
    "bad_channels": ("The track has {detail}.", "Mix it down to stereo."),
    "not_finite": ("The samples are not numbers (NaN or infinite).", _AS_24_BIT),
    "out_of_range": ("The samples are far beyond full scale.", _AS_24_BIT),
    "takes_too_long": ("Reading this file took too long.", _CONVERT),
    "not_image": ("This picture format is not supported.", _PICTURES),
    "image_damaged": ("The picture is damaged.", _PICTURES),
    "image_too_big": (
        "The picture is too large: {detail}.",
        "Scale it down to 40 megapixels and 10,000 pixels a side, or less.",
    ),
    "image_too_complex": (
        "The picture is too complex: {detail}.",
        "Open it in a picture editor and save it as a plain PNG or JPEG.",
    ),
    "image_too_small": (
        "The picture is too small: {detail}.",
        "Use a picture of 64 x 64 pixels or more.",
    ),
}

REJECTION_CODES = frozenset(_REASONS)


def rejection(code: str, detail: str = "") -> RejectedFile:
    """Build the error for ``code``, with ``detail`` in its message."""
    message, hint = _REASONS[code]
    return RejectedFile(message.format(detail=detail), hint=hint, code=code)
