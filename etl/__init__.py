"""One pipeline per file: declarations only, no logic."""
