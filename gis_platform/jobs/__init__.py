"""Jobs: the steps that carry rows from a file through matching and controls into the register."""
