"""The report of a run: what became of every row, for people (HTML, console) and machines (JSON)."""
