"""Run jobs: states, queue interface, executor, child processes and workspaces.

A *pipeline* defines a job kind, a *job* is one run of it, a *step* one part of a job. This layer
depends on no job kind, web framework or database.
"""
