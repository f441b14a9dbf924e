"""One file a page; each reads like a description of what is on it."""
