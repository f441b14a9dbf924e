"""The `mashup` job: one song from the stems of one to four."""
