"""A language model over the wire: asked in time, never believed, and no failure of it is fatal."""
