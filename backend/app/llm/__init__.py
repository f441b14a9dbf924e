"""Language model client: time limits, validated answers, errors that never fail a job."""
