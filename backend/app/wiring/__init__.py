"""Build everything from the settings.

Only here do settings decide between implementations of queue, database and store.
"""
