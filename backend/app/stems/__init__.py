"""Songs taken apart: one port, Demucs and a draft behind it, and what is kept of their work."""
