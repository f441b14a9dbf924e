"""The shapes the API speaks, shared with the frontend: pydantic models and nothing else."""
