"""Files that several job kinds make: names, film, final checks, signed links."""
