"""Parts of pages that ask for something, each answering with one typed value."""
