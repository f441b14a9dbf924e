"""Streamlit components, each a Python function for a bundle built from ``src/``."""
