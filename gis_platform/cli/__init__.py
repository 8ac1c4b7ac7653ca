"""``gis …``: one command group per file; each has ``register(root)``."""
