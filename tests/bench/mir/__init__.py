"""Tests of the comparison of beats and keys."""
