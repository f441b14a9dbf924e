"""Files to samples and back, by way of ffmpeg, libsndfile, mutagen and Pillow; the gate."""
