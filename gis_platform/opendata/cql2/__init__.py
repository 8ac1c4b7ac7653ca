"""The filter language of the OGC, CQL2 (21-065r2): text and JSON become a checked expression."""
