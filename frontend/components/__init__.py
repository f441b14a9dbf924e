"""Streamlit components: Python functions that draw bundles built from ``src/``."""
