"""Files on disk: the store by content hash, incoming uploads, atomic writes."""
