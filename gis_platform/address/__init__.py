"""A string becomes a structured address; pure, total, and never raises."""
