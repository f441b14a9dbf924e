"""Language model client, with time limits and validated answers.

Its errors never fail a job.
"""
