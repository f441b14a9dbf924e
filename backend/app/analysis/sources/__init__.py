"""Analysis of single sounds, loops and stems."""
