"""Files on disk: content-addressed store, incoming uploads, atomic writes."""
