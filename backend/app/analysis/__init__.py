"""What can be heard in a track, kept under its content's hash and the version of the code."""
