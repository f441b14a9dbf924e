"""Audio players and waveforms."""
