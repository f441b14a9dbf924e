"""Files that several job kinds write: names, films, final checks, signed links."""
