"""Tempo, beats, downbeats, phrases and onsets."""
