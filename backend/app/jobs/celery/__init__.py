"""Wake workers through Celery and Redis. A message is a wake-up; the rows say what is to do."""
