"""The processes that run jobs: heartbeats, what they have, which of them are alive."""
