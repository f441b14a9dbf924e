"""Players and waveforms."""
