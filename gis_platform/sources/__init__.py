"""Files and services become frames: one format per file."""
