"""The controls: one rule per file, found by the registry."""
