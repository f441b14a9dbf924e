"""Send stored files: single ones with ranges, or all of a job as a ZIP."""
