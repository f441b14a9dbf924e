"""Object stores: a folder or S3, and local copies of their objects."""
