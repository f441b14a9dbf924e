"""Rows of jobs: queue, claims, leases, records."""
