"""Run jobs: states, queue interface, executor, child processes and workspaces.

A *pipeline* is a job kind, a *job* is one launch of it, a *step* one part of a job. This layer
depends on no job kind, web framework or database.
"""
