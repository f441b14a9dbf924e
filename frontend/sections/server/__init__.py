"""Parts of the server page: workers, queues, storage."""
