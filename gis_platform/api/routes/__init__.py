"""One resource per file; each has ``router``."""
