"""Fit the weights with which an analysis finds bars, and the confidence in beats and bars."""
