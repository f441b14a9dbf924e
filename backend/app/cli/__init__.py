"""The shell: ``python -m backend.app.cli COMMAND``; no server needed.

A file for each command: ``register`` adds it and its options, ``run`` carries it out. Nothing is
loaded here, so that ``__main__`` can say what is not installed.
"""
