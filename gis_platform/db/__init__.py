"""PostGIS: the only room that speaks SQL."""
