"""Queue mechanics: what a job is, which states it may pass through, who runs it, where it works.

A *pipeline* is a job kind, a *job* is one launch of it, a *step* one part of a job. Nothing here
knows a job kind, the web or a database.
"""
