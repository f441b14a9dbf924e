"""Send stored files: single files with ranges, or all of a job as a ZIP."""
