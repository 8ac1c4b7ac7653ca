"""Where the processes of one server count together."""

COUNTS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable of that folder, as prometheus_client reads it."""
