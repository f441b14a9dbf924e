"""The intake gate: identify, check and convert untrusted files."""
