"""The shell: ``python -m backend.app.cli COMMAND``; no server needed.

One file per command: ``register`` adds it and its options, ``run`` runs it. Nothing is imported
here, so that ``__main__`` can report a missing package.
"""
