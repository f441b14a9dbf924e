"""Parts of the app's pages, in a folder for each page."""
