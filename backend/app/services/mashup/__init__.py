"""The `mashup` job: combine the stems of one to four songs."""
