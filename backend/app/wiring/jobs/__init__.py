"""Build the jobs' executor, pipelines and resources."""
