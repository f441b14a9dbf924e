"""Start and confine the ffmpeg program."""
