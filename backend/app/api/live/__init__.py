"""Live progress of jobs: one poll of the database a process, for all its listeners."""
