"""One export format per file; each adds itself to the registry."""
