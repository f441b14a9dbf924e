"""Read and write sound files and pictures; check untrusted ones (the gate)."""
