"""Shell commands: ``python -m backend.app.cli COMMAND``; no server needed.

There is one file for each command: ``register`` adds the command and its options, ``run`` runs it.
Nothing is imported here, so that ``__main__`` can report a missing package.
"""
